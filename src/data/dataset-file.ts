import { join } from "node:path";
import { type ArrowColumn, type FileEntry, writeArrow } from "./arrow-file.js";
import { featureColumns } from "./catalogue-file.js";
import { type Catalogue, type Dataset, SPLITS } from "./columns.js";

export const DATASET_FORMAT = "mmdin-dataset";
export const DATASET_VERSION = 2;
export const DATASET_MANIFEST = "manifest.json";
export const CATALOGUE_FOLDER = "catalogue";

/** Events and rows, and how they are named. */
export interface WrittenColumns extends Pick<Dataset, "events" | "rows" | "ranking"> {
  catalogue: Pick<Catalogue, "eventFeatures" | "context" | "statistics">;
}

/** Writes the events and rows of a dataset, without catalogue and manifest, and returns its files. */
export function writeColumns(
  directory: string,
  { catalogue, events, rows, ranking }: WrittenColumns,
): Record<string, FileEntry> {
  const files: Record<string, FileEntry> = {};
  const write = (name: string, columns: Record<string, ArrowColumn>) => {
    files[name] = writeArrow(join(directory, name), columns);
  };
  const { user, item } = catalogue.statistics;
  write("events.arrow", {
    item: { kind: "numbers", values: events.item },
    time: { kind: "numbers", values: events.time },
    label: { kind: "numbers", values: events.label },
    historyEnd: { kind: "numbers", values: events.historyEnd },
    ...featureColumns(catalogue.eventFeatures, events.features, "feature "),
    ...featureColumns(catalogue.context, events.context, "context "),
    ...statistics("userStatistics", events.userStatistics, user.length),
  });
  write("timelines.arrow", {
    userStart: { kind: "numbers", values: events.userStart },
    ...(events.history ? { historyStart: { kind: "numbers", values: events.historyStart } } : {}),
  });
  if (events.history) write("history.arrow", { event: { kind: "numbers", values: events.history } });
  for (const split of SPLITS) {
    const { event, item: rowItem, label, itemStatistics } = rows[split];
    write(`${split}.arrow`, {
      event: { kind: "numbers", values: event },
      item: { kind: "numbers", values: rowItem },
      label: { kind: "numbers", values: label },
      ...statistics("itemStatistics", itemStatistics, item.length),
    });
    const lists = ranking[split];
    if (!lists) continue;
    write(`ranking-${split}.arrow`, {
      event: { kind: "numbers", values: lists.event },
      item: { kind: "rows", values: lists.item, width: lists.width },
      ...statistics("itemStatistics", lists.itemStatistics, lists.width * item.length),
    });
  }
  return files;
}

function statistics(name: string, values: Float32Array, width: number): Record<string, ArrowColumn> {
  return width > 0 ? { [name]: { kind: "rows", values, width } } : {};
}

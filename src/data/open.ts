import { join } from "node:path";
import { ArrowColumns, damaged, readShared } from "./arrow-file.js";
import { openCatalogue, readFeatures } from "./catalogue-file.js";
import type {
  Catalogue,
  Dataset,
  DatasetManifest,
  EventColumns,
  RankingColumns,
  RowColumns,
  Split,
} from "./columns.js";
import { SPLITS } from "./columns.js";
import { CATALOGUE_FOLDER, DATASET_FORMAT, DATASET_MANIFEST, DATASET_VERSION } from "./dataset-file.js";
import { readManifest } from "./manifest.js";

const NOT_A_DATASET = "not a prepared dataset";

/** Reads the manifest of a prepared dataset alone. */
export function readDatasetManifest(directory: string): DatasetManifest {
  const format = { format: DATASET_FORMAT, version: DATASET_VERSION, problem: NOT_A_DATASET };
  return readManifest<DatasetManifest>(join(directory, DATASET_MANIFEST), format);
}

/**
 * Opens a prepared dataset. Number columns are views of shared memory that holds the files' bytes; every file is checked
 * against its hash.
 *
 * @throws MmdinError FORMAT where the folder is no prepared dataset, of another version, or damaged.
 */
export function openDataset(directory: string): Dataset {
  const manifest = readDatasetManifest(directory);
  const catalogue = openCatalogue(join(directory, CATALOGUE_FOLDER));
  const arrow = (name: string): ArrowColumns => {
    const path = join(directory, name);
    const entry = manifest.files[name];
    if (!entry) throw damaged(join(directory, DATASET_MANIFEST), `an entry for ${name}`, "none");
    return new ArrowColumns(path, readShared(path, entry));
  };
  const rows = (split: Split) => readRows(arrow(`${split}.arrow`), catalogue);
  const ranking: Partial<Record<Split, RankingColumns>> = {};
  for (const split of SPLITS) {
    const name = `ranking-${split}.arrow`;
    if (manifest.files[name]) ranking[split] = readRanking(arrow(name), catalogue);
  }
  return {
    directory,
    manifest,
    catalogue,
    events: readEvents({ arrow, catalogue, filtered: manifest.files["history.arrow"] !== undefined }),
    rows: { train: rows("train"), valid: rows("valid"), test: rows("test") },
    ranking,
  };
}

function readEvents({
  arrow,
  catalogue,
  filtered,
}: {
  arrow: (name: string) => ArrowColumns;
  catalogue: Catalogue;
  filtered: boolean;
}): EventColumns {
  const events = arrow("events.arrow");
  const timelines = arrow("timelines.arrow");
  const userStart = timelines.int32("userStart");
  return {
    count: events.rows,
    userStart,
    item: events.int32("item"),
    time: events.float64("time"),
    label: events.uint8("label"),
    features: readFeatures(catalogue.eventFeatures, events, "feature "),
    context: readFeatures(catalogue.context, events, "context "),
    history: filtered ? arrow("history.arrow").int32("event") : null,
    historyStart: filtered ? timelines.int32("historyStart") : userStart,
    historyEnd: events.int32("historyEnd"),
    userStatistics: catalogue.statistics.user.length ? events.float32Rows("userStatistics") : new Float32Array(0),
  };
}

function readRows(table: ArrowColumns, catalogue: Catalogue): RowColumns {
  return {
    count: table.rows,
    event: table.int32("event"),
    item: table.int32("item"),
    label: table.uint8("label"),
    itemStatistics: itemStatistics(table, catalogue),
  };
}

function readRanking(table: ArrowColumns, catalogue: Catalogue): RankingColumns {
  const item = table.int32Rows("item");
  const count = table.rows;
  const width = count ? item.length / count : 0;
  return { count, width, event: table.int32("event"), item, itemStatistics: itemStatistics(table, catalogue) };
}

function itemStatistics(table: ArrowColumns, { statistics }: Catalogue): Float32Array {
  return statistics.item.length ? table.float32Rows("itemStatistics") : new Float32Array(0);
}

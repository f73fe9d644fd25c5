import type { DatasetConfig, DatasetConfigFile } from "../config/dataset-config.js";
import { gather } from "./gather.js";
import { buildLogFeatures } from "./log-features.js";
import type { RawEvents } from "./raw-columns.js";
import { sharedFloat64 } from "./shared-array.js";
import type { EventsByTime } from "./sort-events.js";
import { splitEvents } from "./split.js";
import type { MeanColumn } from "./statistic-writer.js";
import { buildTimelines, type Earlier, layOut, type Timelines } from "./timelines.js";
import type { FittedFeatures } from "./users.js";
import { type Indexing, indexByTraining } from "./vocabulary.js";

/** The log in the order of the dataset, with what its split says. */
export interface Log {
  timelines: Timelines;
  eventFeatures: FittedFeatures;
  context: FittedFeatures;
  means: MeanColumn[];
  /** The slice of each event; 1 where it makes no row, null where all make one. */
  slice: Uint8Array;
  rowless: Uint8Array | null;
  /** Where there is a clock. */
  byTime: EventsByTime | null;
  earlier: Earlier;
  users: Indexing;
  items: Indexing;
}

/** Splits the log, fits vocabularies on its training slice and lays it out as user timelines. */
export function layOutLog({
  file,
  raw,
  byTime,
}: {
  file: DatasetConfigFile;
  raw: RawEvents;
  byTime: EventsByTime;
}): Log {
  const { config } = file;
  const earlier: Earlier = config.split.by === "leave-last" ? "order" : "time";
  const rawByTime = clockOf(config) === "time" ? byTime : null;
  const { slice, rowless } = splitEvents(raw, config.split, rawByTime?.order ?? null);
  const users = indexByTraining(raw.user, slice, raw.users);
  const items = indexByTraining(raw.item, slice, raw.items);
  const layout = layOut(raw, users);
  const moved = (flags: Uint8Array) => layout.move(flags, new Uint8Array(raw.count));
  return {
    timelines: buildTimelines(raw, { layout, items, earlier }),
    eventFeatures: buildLogFeatures(raw, { features: config.events.features, slice, layout }),
    context: buildLogFeatures(raw, { features: config.context?.features ?? {}, slice, layout }),
    means: raw.means.map(({ name, values }) => ({ name, values: layout.move(values, sharedFloat64(raw.count)) })),
    slice: moved(slice),
    rowless: rowless && moved(rowless),
    byTime: rawByTime && layout.target ? { ...rawByTime, order: gather(layout.target, rawByTime.order) } : rawByTime,
    earlier,
    users,
    items,
  };
}

export function clockOf({ events }: DatasetConfig): "time" | "order" {
  return events.time === undefined ? "order" : "time";
}

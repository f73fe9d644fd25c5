import type { DatasetConfig } from "../../config/dataset-config.js";
import { secondsOf } from "../../config/seconds.js";
import { type Dataset, SPLITS } from "../columns.js";

/** The slice of an event that makes no row and whose split the dataset does not tell. */
export const UNKNOWN_SLICE = 3;

const LEAVE_LAST_LEAST = 5;

/**
 * The slice of every event: that of its rows; of events without a row, what the split says. Those that `negatives.keep`
 * dropped may stay unknown: with a split by files, and at the very second where a split by parts cuts.
 *
 * @returns [events] an index into SPLITS, or UNKNOWN_SLICE
 */
export function sliceOfEvents({ dataset, config }: { dataset: Dataset; config: DatasetConfig }): Uint8Array {
  const { events, rows } = dataset;
  const slice = new Uint8Array(events.count).fill(UNKNOWN_SLICE);
  const { split } = config;
  if (split.by === "leave-last") {
    slice.fill(0);
    for (let user = 0; user + 1 < events.userStart.length; user++) {
      const end = events.userStart[user + 1]!;
      if (end - events.userStart[user]! < LEAVE_LAST_LEAST) continue;
      slice[end - 1] = 2;
      slice[end - 2] = 1;
    }
  } else if (split.by === "time" && config.negativesKept < 1) {
    const { time } = events;
    const cuts = "train" in split ? cutTimes(time, split) : [secondsOf(split.valid), secondsOf(split.test)];
    const [valid = 0, test = 0] = cuts;
    const byDate = !("train" in split);
    for (let e = 0; e < events.count; e++) {
      const at = time[e]!;
      if (!byDate && (at === valid || at === test)) continue;
      slice[e] = at < valid ? 0 : at < test ? 1 : 2;
    }
  }
  for (const [s, name] of SPLITS.entries()) for (const e of rows[name].event) slice[e] = s;
  return slice;
}

/** The times of the events at which validation and test begin. */
function cutTimes(time: Float64Array, { train, valid }: { train: number; valid: number }): number[] {
  const sorted = time.slice().sort();
  return [train, train + valid].map(
    (part) => sorted[Math.floor(time.length * part + 1e-6)] ?? Number.POSITIVE_INFINITY,
  );
}

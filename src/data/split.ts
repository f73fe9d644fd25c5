import type { SplitConfig } from "../config/dataset-config.js";
import { secondsOf } from "../config/seconds.js";
import { SPLITS } from "./columns.js";
import type { RawEvents } from "./raw-columns.js";

/** In leave-last, people with fewer events than this make no rows; their events still are events of training. */
export const LEAVE_LAST_EVENTS = 5;

export interface SplitEvents {
  /** The slice that each event lies in: an index into SPLITS. */
  slice: Uint8Array;
  /** 1 where an event makes no row; null where every event makes one. */
  rowless: Uint8Array | null;
}

export const TRAIN = SPLITS.indexOf("train");
export const VALID = SPLITS.indexOf("valid");
export const TEST = SPLITS.indexOf("test");

/**
 * Lays each event into training, validation or test.
 *
 * - by time, in parts: events stand in the order (time, item, user); the first floor(n train) are training, those up to
 *   floor(n (train + valid)) validation, the rest test.
 * - by time, with dates: an event before `valid` is training, before `test` validation.
 * - leave-last: of people with at least 5 events the last event is test, the one before validation; their first event
 *   makes no row. All other events are training.
 * - by file: as the files say.
 *
 * `order`: event indices by time, as timeOrder gives them; needed for parts only.
 */
export function splitEvents(raw: RawEvents, split: SplitConfig, order: Int32Array | null): SplitEvents {
  if (split.by === "file") return { slice: raw.file ?? new Uint8Array(raw.count), rowless: null };
  if (split.by === "leave-last") return leaveLast(raw);
  if ("train" in split) return { slice: byParts(raw, split, order ?? new Int32Array(0)), rowless: null };
  const slice = new Uint8Array(raw.count);
  const [valid, test] = [secondsOf(split.valid), secondsOf(split.test)];
  for (let e = 0; e < raw.count; e++) {
    const time = raw.time[e]!;
    slice[e] = time < valid ? TRAIN : time < test ? VALID : TEST;
  }
  return { slice, rowless: null };
}

function byParts(raw: RawEvents, { train, valid }: { train: number; valid: number }, order: Int32Array): Uint8Array {
  const slice = new Uint8Array(raw.count);
  const cuts = [train, train + valid].map((part) => Math.floor(raw.count * part + 1e-6));
  const [validFrom = 0, testFrom = 0] = cuts;
  for (const cut of cuts) settleCut(raw, order, cut);
  slice.fill(TRAIN);
  for (let k = validFrom; k < testFrom; k++) slice[order[k]!] = VALID;
  for (let k = testFrom; k < order.length; k++) slice[order[k]!] = TEST;
  return slice;
}

/** Puts the events that share the time at `cut` into the order (item, user). */
function settleCut({ time, item, user }: RawEvents, order: Int32Array, cut: number): void {
  if (cut <= 0 || cut >= order.length) return;
  const at = time[order[cut]!];
  let start = cut;
  let end = cut + 1;
  while (start > 0 && time[order[start - 1]!] === at) start--;
  while (end < order.length && time[order[end]!] === at) end++;
  order.subarray(start, end).sort((a, b) => item[a]! - item[b]! || user[a]! - user[b]! || a - b);
}

function leaveLast({ count, user }: RawEvents): SplitEvents {
  const slice = new Uint8Array(count).fill(TRAIN);
  const rowless = new Uint8Array(count);
  for (let start = 0; start < count; ) {
    let end = start + 1;
    while (end < count && user[end] === user[start]) end++;
    if (end - start < LEAVE_LAST_EVENTS) rowless.fill(1, start, end);
    else {
      rowless[start] = 1;
      slice[end - 1] = TEST;
      slice[end - 2] = VALID;
    }
    start = end;
  }
  return { slice, rowless };
}

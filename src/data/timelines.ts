import type { NumberArray } from "./arrow-file.js";
import type { EventColumns } from "./columns.js";
import type { RawEvents } from "./raw-columns.js";
import { sharedFloat64, sharedInt32, sharedUint8 } from "./shared-array.js";
import type { Indexing } from "./vocabulary.js";

/** What of the events is laid out before features and statistics are known. */
export type Timelines = Pick<
  EventColumns,
  "count" | "userStart" | "item" | "time" | "label" | "history" | "historyStart" | "historyEnd"
>;

/** Which events are earlier: those of an earlier time, or (ties in time included) those before it in the order. */
export type Earlier = "time" | "order";

/** Moves columns from the order of the log (people by id) to that of the dataset (people by index). */
export interface Layout {
  userStart: Int32Array;
  /** Where each event of the log stands in the dataset; null where all stand where they stood. */
  target: Int32Array | null;
  move<T extends NumberArray>(from: NumberArray, to: T): T;
}

/** Plans the move of a log that is sorted by (user, time, item). */
export function layOut(raw: RawEvents, users: Indexing): Layout {
  const { count, user } = raw;
  if (users.indexOf.every((index, rank) => index === rank + 1)) return stay(raw);
  const begins = new Int32Array(raw.users + 1);
  for (let e = 0; e < count; e++) begins[user[e]! + 1]!++;
  for (let rank = 0; rank < raw.users; rank++) begins[rank + 1]! += begins[rank]!;
  const rankOf = new Int32Array(users.count);
  for (let rank = 0; rank < raw.users; rank++) rankOf[users.indexOf[rank]!] = rank;
  const userStart = sharedInt32(users.count + 1);
  const target = new Int32Array(count);
  for (let index = 1; index < users.count; index++) {
    const rank = rankOf[index]!;
    const start = userStart[index]!;
    for (let e = begins[rank]!, to = start; e < begins[rank + 1]!; e++, to++) target[e] = to;
    userStart[index + 1] = start + begins[rank + 1]! - begins[rank]!;
  }
  const move = <T extends NumberArray>(from: NumberArray, to: T): T => {
    for (let index = 1; index < users.count; index++) {
      const rank = rankOf[index]!;
      to.set(from.subarray(begins[rank]!, begins[rank + 1]!), userStart[index]!);
    }
    return to;
  };
  return { userStart, target, move };
}

/** People's indices are in the order of their ids, as where all of them have an event in training. */
function stay({ user, users }: RawEvents): Layout {
  const userStart = sharedInt32(users + 2);
  for (let e = 0; e < user.length; e++) userStart[user[e]! + 2] = e + 1;
  // Who has no event, begins where the one before ends.
  for (let u = 2; u < userStart.length; u++) userStart[u] = Math.max(userStart[u]!, userStart[u - 1]!);
  const move = <T extends NumberArray>(from: NumberArray, to: T): T => {
    to.set(from);
    return to;
  };
  return { userStart, target: null, move };
}

/**
 * Lays the log out as user timelines, and finds for each event where its user's strictly earlier history ends. Histories
 * are ranges of one list of history events, never copies.
 */
export function buildTimelines(
  raw: RawEvents,
  { layout, items, earlier }: { layout: Layout; items: Indexing; earlier: Earlier },
): Timelines {
  const { count } = raw;
  const { userStart } = layout;
  const item = layout.move(raw.item, sharedInt32(count));
  for (let e = 0; e < count; e++) item[e] = items.indexOf[item[e]!]!;
  const time = layout.move(raw.time, sharedFloat64(count));
  const label = layout.move(raw.label, sharedUint8(count));
  const makes = raw.history ? layout.move(raw.history, new Uint8Array(count)) : null;

  const historyEnd = sharedInt32(count);
  const historyStart = makes ? sharedInt32(userStart.length) : userStart;
  const history = makes ? sharedInt32(makes.reduce((sum, flag) => sum + flag, 0)) : null;
  let filled = 0;
  for (let user = 0; user + 1 < userStart.length; user++) {
    if (makes) historyStart[user] = filled;
    const last = userStart[user + 1]!;
    for (let start = userStart[user]!; start < last; ) {
      const end = groupEnd(time, { start, end: last, earlier });
      const before = makes ? filled : start;
      for (let e = start; e < end; e++) {
        historyEnd[e] = before;
        if (history && makes?.[e] === 1) history[filled++] = e;
      }
      start = end;
    }
  }
  if (makes) historyStart[userStart.length - 1] = filled;
  return { count, userStart, item, time, label, history, historyStart, historyEnd };
}

/** The end of the run of events, from `start` and before `end`, that do not precede one another: equal times, or one event. */
export function groupEnd(
  time: Float64Array,
  { start, end, earlier }: { start: number; end: number; earlier: Earlier },
): number {
  let to = start + 1;
  if (earlier === "time") while (to < end && time[to] === time[start]) to++;
  return to;
}

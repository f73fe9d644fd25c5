import { gather } from "./gather.js";
import type { RawEvents } from "./raw-columns.js";
import { timeOrder } from "./time-order.js";

/**
 * Sorts events by (user, time, item), those equal in all three by what else they hold, so that the order is the same
 * whatever order they came in. Columns are replaced by sorted ones.
 *
 * A stable sort by time and a counting sort by user; a log that stands in order of time, as most do, goes without the first.
 *
 * `pieces`: where the pieces begin that the database gave the log in, in any order. Returns the sorted events by time, those of one time as they stand: what timeOrder would give, without a second sort.
 */
export function sortEvents(raw: RawEvents, pieces: readonly number[]): Int32Array {
  const ordered = piecesInOrder(raw.time, pieces) ?? timeOrder(raw.time);
  const { order, byTime } = byUser(raw, ordered);
  standAscending(byTime, { ordered, time: raw.time });
  const sorted = <T extends Float64Array | Int32Array | Uint8Array>(column: T): T => gather(column, order);
  raw.user = sorted(raw.user);
  raw.time = sorted(raw.time);
  settleTies(raw, order);
  raw.item = sorted(raw.item);
  raw.label = sorted(raw.label);
  raw.history = raw.history && sorted(raw.history);
  raw.file = raw.file && sorted(raw.file);
  for (const category of raw.categories) category.ranks = sorted(category.ranks);
  for (const number of [...raw.numbers, ...raw.means]) number.values = sorted(number.values);
  return byTime;
}

/** Puts the places of events of one time in ascending order. */
function standAscending(byTime: Int32Array, { ordered, time }: { ordered: Int32Array; time: Float64Array }): void {
  const { length } = byTime;
  for (let start = 0; start < length; ) {
    const at = time[ordered[start]!]!;
    let end = start + 1;
    let ascending = true;
    while (end < length && time[ordered[end]!] === at) {
      if (byTime[end]! < byTime[end - 1]!) ascending = false;
      end++;
    }
    if (!ascending) byTime.subarray(start, end).sort();
    start = end;
  }
}

/** Events by time, those of one time in any order, where the pieces follow one another and each is ascending; else null. */
function piecesInOrder(time: Float64Array, pieces: readonly number[]): Int32Array | null {
  const runs = pieces.map((start, p) => ({ start, end: pieces[p + 1] ?? time.length }));
  runs.sort((a, b) => time[a.start]! - time[b.start]! || time[a.end - 1]! - time[b.end - 1]!);
  const order = new Int32Array(time.length);
  let last = Number.NEGATIVE_INFINITY;
  let k = 0;
  for (const { start, end } of runs) {
    for (let e = start; e < end; e++) {
      if (time[e]! < last) return null;
      last = time[e]!;
      order[k++] = e;
    }
  }
  return order;
}

/** `order`: event numbers by user, those of one user as they stand in `ordered`; `byTime`: the places of `ordered` therein. */
function byUser({ count, user, users }: RawEvents, ordered: Int32Array): { order: Int32Array; byTime: Int32Array } {
  const next = new Int32Array(users + 1);
  for (let e = 0; e < count; e++) next[user[e]! + 1]!++;
  for (let u = 0; u < users; u++) next[u + 1]! += next[u]!;
  const order = new Int32Array(count);
  const byTime = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const event = ordered[k]!;
    const place = next[user[event]!]!++;
    order[place] = event;
    byTime[k] = place;
  }
  return { order, byTime };
}

/** Orders events of the same user and time, columns that are sorted already, by item, then by their other values. */
function settleTies(raw: RawEvents, order: Int32Array): void {
  const { count, user, time } = raw;
  const columns = [
    raw.item,
    raw.label,
    ...(raw.history ? [raw.history] : []),
    ...(raw.file ? [raw.file] : []),
    ...raw.categories.map(({ ranks }) => ranks),
    ...[...raw.numbers, ...raw.means].map(({ values }) => values),
  ];
  const byColumns = (a: number, b: number): number => {
    for (const column of columns) {
      const difference = compare(column[a]!, column[b]!);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  for (let start = 0; start < count; ) {
    let end = start + 1;
    while (end < count && time[end] === time[start] && user[end] === user[start]) end++;
    if (end - start > 1) order.subarray(start, end).sort(byColumns);
    start = end;
  }
}

/** Ascending, NaN last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

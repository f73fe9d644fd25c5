import type { NumberArray } from "./arrow-file.js";
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
  const order = byUser(raw, ordered);
  settleTies(raw, order);
  const byTime = invert(order, { ordered, time: raw.time });
  const sorted = <T extends NumberArray>(column: T): T => gather(column, order, emptyLike(column));
  raw.user = sorted(raw.user);
  raw.item = sorted(raw.item);
  raw.time = sorted(raw.time);
  raw.label = sorted(raw.label);
  raw.history = raw.history && sorted(raw.history);
  raw.file = raw.file && sorted(raw.file);
  for (const category of raw.categories) category.ranks = sorted(category.ranks);
  for (const number of [...raw.numbers, ...raw.means]) number.values = sorted(number.values);
  return byTime;
}

function emptyLike<T extends NumberArray>(column: T): T;
function emptyLike(column: NumberArray): NumberArray {
  if (column instanceof Float64Array) return new Float64Array(column.length);
  return column instanceof Int32Array ? new Int32Array(column.length) : new Uint8Array(column.length);
}

/** Where the events of `ordered` (by time) stand in `order`, ascending within a time. */
function invert(order: Int32Array, { ordered, time }: { ordered: Int32Array; time: Float64Array }): Int32Array {
  const place = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) place[order[k]!] = k;
  const byTime = gather(place, ordered, new Int32Array(order.length));
  const timeAt = (k: number) => time[ordered[k]!]!;
  for (let start = 0; start < order.length; ) {
    const at = timeAt(start);
    let end = start + 1;
    let ascending = true;
    for (; end < order.length && timeAt(end) === at; end++) ascending &&= byTime[end]! > byTime[end - 1]!;
    if (!ascending) byTime.subarray(start, end).sort();
    start = end;
  }
  return byTime;
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

/** Event numbers by user, those of one user as they stand in `order`. */
function byUser({ count, user, users }: RawEvents, order: Int32Array): Int32Array {
  const starts = new Int32Array(users + 1);
  for (let e = 0; e < count; e++) starts[user[e]! + 1]!++;
  for (let u = 0; u < users; u++) starts[u + 1]! += starts[u]!;
  const sorted = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const event = order[k]!;
    sorted[starts[user[event]!]!++] = event;
  }
  return sorted;
}

/** Orders events of the same user and time by item, then by their other values. */
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
    const first = order[start]!;
    let end = start + 1;
    while (end < count && time[order[end]!] === time[first] && user[order[end]!] === user[first]) end++;
    if (end - start > 1) order.subarray(start, end).sort(byColumns);
    start = end;
  }
}

/** Ascending, NaN last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

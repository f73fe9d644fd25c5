import type { NumberArray } from "./arrow-file.js";
import type { RawEvents } from "./raw-columns.js";
import { timeOrder } from "./time-order.js";

/**
 * Sorts events by (user, time, item), those equal in all three by what else they hold, so that the order is the same
 * whatever order they came in. Columns are replaced by sorted ones.
 *
 * A stable sort by time and a counting sort by user; a log that stands in order of time, as most do, skips the first.
 */
export function sortEvents(raw: RawEvents): void {
  const order = byUser(raw, isAscending(raw.time) ? null : timeOrder(raw.time));
  settleTies(raw, order);
  const sorted = <T extends NumberArray>(column: T): T => gather(column, order);
  raw.user = sorted(raw.user);
  raw.item = sorted(raw.item);
  raw.time = sorted(raw.time);
  raw.label = sorted(raw.label);
  raw.history = raw.history && sorted(raw.history);
  raw.file = raw.file && sorted(raw.file);
  for (const category of raw.categories) category.ranks = sorted(category.ranks);
  for (const number of [...raw.numbers, ...raw.means]) number.values = sorted(number.values);
}

function isAscending(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) return false;
  return true;
}

/** Event numbers by user, those of one user as they stand in `order`; null for the order that they came in. */
function byUser({ count, user, users }: RawEvents, order: Int32Array | null): Int32Array {
  const starts = new Int32Array(users + 1);
  for (let e = 0; e < count; e++) starts[user[e]! + 1]!++;
  for (let u = 0; u < users; u++) starts[u + 1]! += starts[u]!;
  const sorted = new Int32Array(count);
  if (order) for (let k = 0; k < count; k++) sorted[starts[user[order[k]!]!]!++] = order[k]!;
  else for (let e = 0; e < count; e++) sorted[starts[user[e]!]!++] = e;
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

function gather<T extends NumberArray>(from: T, order: Int32Array): T;
function gather(from: NumberArray, order: Int32Array): NumberArray {
  const to = from.slice();
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

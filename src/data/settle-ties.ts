import type { RawEvents } from "./raw-columns.js";

type Column = Float64Array | Int32Array | Uint8Array;

/** Orders events of the same user and time, which lie side by side, by item, then by their other values. */
export function settleTies(raw: RawEvents): void {
  const { count, user, time } = raw;
  const columns: Column[] = [
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
    let settled = true;
    while (end < count && time[end] === time[start] && user[end] === user[start]) {
      if (settled && byColumns(end - 1, end) > 0) settled = false;
      end++;
    }
    if (!settled) {
      const order = Array.from({ length: end - start }, (_, k) => start + k).sort(byColumns);
      for (const column of columns) rearrange(column, { start, order });
    }
    start = end;
  }
}

/** Puts the events that `order` names, neighbours from `start` on, into that order. */
function rearrange(column: Column, { start, order }: { start: number; order: readonly number[] }): void {
  const values = order.map((event) => column[event]!);
  for (let k = 0; k < values.length; k++) column[start + k] = values[k]!;
}

/** Ascending, NaN last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

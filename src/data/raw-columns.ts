/** A category column before its vocabulary is fitted: the rank of each event's value among `values`, or -1. */
export interface RawCategory {
  name: string;
  ranks: Int32Array;
  values: string[];
}

export interface RawNumber {
  name: string;
  values: Float64Array;
}

/**
 * The log as typed arrays, sorted by (user, time, item); users and items are ranks in the text order of their ids.
 * Events that are equal in all three are ordered by what else they hold, so that the order is always the same.
 */
export interface RawEvents {
  count: number;
  users: number;
  items: number;
  user: Int32Array;
  item: Int32Array;
  time: Float64Array;
  label: Uint8Array;
  /** 1 where the event makes history; null where all do. */
  history: Uint8Array | null;
  /** The file it came from: 0 train, 1 valid, 2 test; null where the split is not by file. */
  file: Uint8Array | null;
  categories: RawCategory[];
  numbers: RawNumber[];
  means: RawNumber[];
}

/** Empties the columns of a log that stands elsewhere by now, so that its memory can be used again. */
export function releaseColumns(raw: RawEvents): void {
  const [whole, number, flags] = [new Int32Array(0), new Float64Array(0), new Uint8Array(0)];
  [raw.user, raw.item, raw.time, raw.label] = [whole, whole, number, flags];
  if (raw.history) raw.history = flags;
  if (raw.file) raw.file = flags;
  for (const category of raw.categories) category.ranks = whole;
  for (const column of [...raw.numbers, ...raw.means]) column.values = number;
}

import { type EventColumns, type RankingColumns, type RowColumns, SPLITS, type Split } from "./columns.js";
import { TRAIN } from "./split.js";

export interface RowsInput {
  events: Pick<EventColumns, "count" | "item" | "label">;
  /** The slice of each event, and 1 where it makes no row. */
  slice: Uint8Array;
  rowless: Uint8Array | null;
  /** Rows of an event: the positive, and the negatives that follow it, whose items are drawn later. */
  size: number;
  /** Candidates of a ranking list, the positive included; 0 makes no lists. */
  width: number;
  /** Number of statistics of an item. */
  statistics: number;
}

/** Lays out the rows of every split in event order, and the candidate lists of validation and test. */
export function layOutRows(input: RowsInput): {
  rows: Record<Split, RowColumns>;
  ranking: Partial<Record<Split, RankingColumns>>;
} {
  const { width } = input;
  const tables = SPLITS.map((_, slice) => rowsOf(input, slice));
  const lists = SPLITS.map((_, slice) => (width > 0 && slice !== TRAIN ? listsOf(input, slice) : undefined));
  const [train, valid, test] = tables;
  if (!train || !valid || !test) throw new RangeError("A dataset has three splits");
  const [, validLists, testLists] = lists;
  return {
    rows: { train, valid, test },
    ranking: { ...(validLists && { valid: validLists }), ...(testLists && { test: testLists }) },
  };
}

function eventsOf({ events, slice, rowless }: RowsInput, wanted: number): Int32Array {
  let count = 0;
  const makesRow = (e: number) => slice[e] === wanted && rowless?.[e] !== 1;
  for (let e = 0; e < events.count; e++) if (makesRow(e)) count++;
  const chosen = new Int32Array(count);
  for (let e = 0, k = 0; e < events.count; e++) if (makesRow(e)) chosen[k++] = e;
  return chosen;
}

function rowsOf(input: RowsInput, wanted: number): RowColumns {
  const { events, size, statistics } = input;
  const chosen = eventsOf(input, wanted);
  const count = chosen.length * size;
  const event = new Int32Array(count);
  const item = new Int32Array(count);
  const label = new Uint8Array(count);
  for (let k = 0; k < chosen.length; k++) {
    const e = chosen[k]!;
    for (let r = k * size; r < (k + 1) * size; r++) event[r] = e;
    item[k * size] = events.item[e]!;
    label[k * size] = events.label[e]!;
  }
  return { count, event, item, label, itemStatistics: new Float32Array(count * statistics) };
}

function listsOf(input: RowsInput, wanted: number): RankingColumns {
  const { events, width, statistics } = input;
  const event = eventsOf(input, wanted);
  const count = event.length;
  const item = new Int32Array(count * width);
  for (let k = 0; k < count; k++) item[k * width] = events.item[event[k]!]!;
  return { count, width, event, item, itemStatistics: new Float32Array(count * width * statistics) };
}

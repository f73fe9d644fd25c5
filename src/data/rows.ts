import { type EventColumns, type RankingColumns, type RowColumns, SPLITS, type Split } from "./columns.js";
import { sharedFloat32, sharedInt32, sharedUint8 } from "./shared-array.js";
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
  const chosen = eventsBySlice(input);
  const tables = chosen.map((events) => rowsOf(input, events));
  const lists = chosen.map((events, slice) => (width > 0 && slice !== TRAIN ? listsOf(input, events) : undefined));
  const [train, valid, test] = tables;
  if (!train || !valid || !test) throw new RangeError("A dataset has three splits");
  const [, validLists, testLists] = lists;
  return {
    rows: { train, valid, test },
    ranking: { ...(validLists && { valid: validLists }), ...(testLists && { test: testLists }) },
  };
}

/** The events of each slice that make rows, in order. */
function eventsBySlice({ slice, rowless }: RowsInput): Int32Array[] {
  return SPLITS.map((_, wanted) => {
    let count = 0;
    for (let e = 0; e < slice.length; e++) if (slice[e] === wanted && (rowless === null || rowless[e] === 0)) count++;
    const chosen = sharedInt32(count);
    let k = 0;
    for (let e = 0; k < count; e++) if (slice[e] === wanted && (rowless === null || rowless[e] === 0)) chosen[k++] = e;
    return chosen;
  });
}

function rowsOf({ events, size, statistics }: RowsInput, chosen: Int32Array): RowColumns {
  const count = chosen.length * size;
  const item = sharedInt32(count);
  for (let k = 0; k < chosen.length; k++) item[k * size] = events.item[chosen[k]!]!;
  const label = sharedUint8(count);
  for (let k = 0; k < chosen.length; k++) label[k * size] = events.label[chosen[k]!]!;
  const event = size === 1 ? chosen : sharedInt32(count);
  if (size > 1) for (let k = 0; k < chosen.length; k++) event.fill(chosen[k]!, k * size, (k + 1) * size);
  return { count, event, item, label, itemStatistics: sharedFloat32(count * statistics) };
}

function listsOf({ events, width, statistics }: RowsInput, event: Int32Array): RankingColumns {
  const count = event.length;
  const item = sharedInt32(count * width);
  for (let k = 0; k < count; k++) item[k * width] = events.item[event[k]!]!;
  return { count, width, event, item, itemStatistics: sharedFloat32(count * width * statistics) };
}

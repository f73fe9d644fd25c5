import { historyLengthOf, lengthBucket, userOf } from "../data/batch-layout.js";
import type { EventColumns, RowColumns } from "../data/columns.js";
import { RandomStream } from "../random.js";

/** Batches of rows, each of few different history lengths, so that little is padded. */
export interface EpochOptions {
  batchSize: number;
  /** Longest history. */
  length: number;
  /** Present in training: rows are shuffled by (seed, epoch). */
  shuffle?: { seed: number; epoch: number };
}

/** How many batches are sorted by length together; a shuffle over all rows comes first, one over the batches last. */
const WINDOW = 4;

/** The history-length bucket of every row of a split. */
export function rowBuckets(
  { events, rows }: { events: EventColumns; rows: RowColumns },
  { length }: { length: number },
): Int32Array {
  return rows.event.map((event) => {
    const user = userOf(events, event);
    return lengthBucket(historyLengthOf(events, event, { user, length }), length);
  });
}

/** Row numbers of each batch of one epoch. */
export function epochBatches(buckets: Int32Array, { batchSize, shuffle }: Omit<EpochOptions, "length">): Int32Array[] {
  const rows = Int32Array.from(buckets, (_, row) => row);
  const random = shuffle && new RandomStream(shuffle.seed, "epoch", shuffle.epoch);
  random?.shuffle(rows);
  const batches: Int32Array[] = [];
  const window = random ? WINDOW * batchSize : rows.length;
  for (let start = 0; start < rows.length; start += window) {
    const part = rows.subarray(start, start + window);
    // A stable sort by length: equal lengths stay in shuffled order.
    part.sort((a, b) => buckets[a]! - buckets[b]!);
    for (let at = 0; at < part.length; at += batchSize) batches.push(part.slice(at, at + batchSize));
  }
  if (random) shuffleList(batches, random);
  return batches;
}

function shuffleList<T>(list: T[], random: RandomStream): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const other = list[j]!;
    list[j] = list[i]!;
    list[i] = other;
  }
}

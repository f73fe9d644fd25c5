import { BUCKETS, bucketRows } from "./buckets.js";
import { startsOf } from "./order.js";

/** The 22 bits of a row are read as two digits; the lower one ends in the label. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

export interface Pairs {
  /** Twice (pairs with the positive above + pairs of equal score / 2): whole, exact up to 2^53, which is 67 million rows of each class. */
  doubled: number;
  positives: number;
  negatives: number;
}

/**
 * Counts the pairs of a positive and a negative row that are ranked right, without ever sorting the rows to the end.
 *
 * Rows are put into buckets; between buckets, pairs are a product of counts. A bucket is sorted by its lower digit, and read in that
 * order: of the rows with the same upper digit, those that were read are the lower ones, so one count for each upper digit says how many
 * negatives are below the row at hand. The label is the lowest bit, so that of rows of equal score the negatives come first: a positive
 * is above those counted before the tie began, twice, and level with those since, once.
 *
 * @param scores [B]
 * @param labels [B], 1 or 0
 * @throws MmdinError DATA on a NaN score.
 */
export function countPairs(scores: Float32Array, labels: Uint8Array): Pairs {
  const { rows, ends, largest } = bucketRows(scores, labels);
  const scratch: Scratch = {
    sorted: new Int32Array(largest),
    lower: new Int32Array(DIGITS),
    negatives: new Int32Array(DIGITS),
    beforeTie: new Int32Array(DIGITS),
    tie: new Int32Array(DIGITS),
  };
  const total: Pairs = { doubled: 0, positives: 0, negatives: 0 };
  for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
    const end = ends[bucket]!;
    if (end === start) continue;
    const own = countBucket(rows.subarray(start, end), scratch);
    total.doubled += own.doubled + 2 * own.positives * total.negatives;
    total.positives += own.positives;
    total.negatives += own.negatives;
    start = end;
  }
  return total;
}

interface Scratch {
  /** [largest bucket] rows by their lower digit. */
  sorted: Int32Array;
  /** [DIGITS] where the next row of a lower digit goes. */
  lower: Int32Array;
  /** [DIGITS] negatives of the bucket below the row at hand, for each upper digit. */
  negatives: Int32Array;
  /** [DIGITS] the same, when the tie of the row at hand began. */
  beforeTie: Int32Array;
  /** [DIGITS] which tie that is. */
  tie: Int32Array;
}

function countBucket(rows: Int32Array, { sorted, lower, negatives, beforeTie, tie }: Scratch): Pairs {
  const n = rows.length;
  lower.fill(0);
  negatives.fill(0);
  tie.fill(-1);
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    lower[row & (DIGITS - 1)]!++;
    negatives[row >> DIGIT_BITS]! += ~row & 1;
  }
  startsOf(lower);
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    sorted[lower[row & (DIGITS - 1)]!++] = row;
  }
  startsOf(negatives);
  let doubled = 0;
  let positives = 0;
  for (let i = 0; i < n; i++) {
    const row = sorted[i]!;
    const upper = row >> DIGIT_BITS;
    const score = row & (DIGITS - 2);
    const below = negatives[upper]!;
    if (tie[upper] !== score) {
      tie[upper] = score;
      beforeTie[upper] = below;
    }
    const label = row & 1;
    doubled += label * (beforeTie[upper]! + below);
    negatives[upper] = below + 1 - label;
    positives += label;
  }
  return { doubled, positives, negatives: n - positives };
}

import { checkNumbers, startsOf } from "./order.js";

/** From this many rows on, buckets are faster than a plain sort: part of their cost does not depend on the rows. */
export const BUCKETS_PAY = 1 << 16;
/** Bits of a score that say its bucket, and the bits below them. */
const BUCKET_BITS = 11;
const REST_BITS = 32 - BUCKET_BITS;
export const BUCKETS = 1 << BUCKET_BITS;
const MIDDLE = BUCKETS / 2;
/** What is not a number would go into the outermost buckets at either end, where of numbers there is but infinity. */
const OUTER = 4;
const REST = (1 << REST_BITS) - 1;
const SIGN = 0x80000000 | 0;

/**
 * Labelled rows in buckets of neighbouring scores. Within a bucket 21 bits of a score are left, so that the label fits beside them in one
 * 32-bit word, and all that follows moves one word a row.
 */
export interface Buckets {
  /** [B] bucket after bucket, the rows of one in row order: (the last 21 bits of the score's rank << 1) | label. */
  rows: Int32Array;
  /** [BUCKETS] where each bucket ends. */
  ends: Int32Array;
  /** Rows of the largest bucket. */
  largest: number;
}

/**
 * Puts rows into buckets by the first 11 bits of their scores: sign, exponent and two bits more. Two passes, O(B).
 *
 * @param scores [B]
 * @param labels [B], 1 or 0
 * @throws MmdinError DATA where a score is not a number.
 */
export function bucketRows(scores: Float32Array, labels: Uint8Array): Buckets {
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const ends = new Int32Array(BUCKETS);
  for (let i = 0; i < bits.length; i++) ends[(rankOf(bits[i]!) >> REST_BITS) + MIDDLE]!++;
  if (ends.subarray(0, OUTER).some(Boolean) || ends.subarray(-OUTER).some(Boolean)) checkNumbers(scores);
  const largest = startsOf(ends);
  const rows = new Int32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const rank = rankOf(bits[i]!);
    rows[ends[(rank >> REST_BITS) + MIDDLE]!++] = ((rank & REST) << 1) | labels[i]!;
  }
  return { rows, ends, largest };
}

/** Bits of the score of a row of a bucket; a score of -0 comes back as 0. */
export function scoreBits(row: number, bucket: number): number {
  const rank = ((bucket - MIDDLE) << REST_BITS) | (row >>> 1);
  const sign = rank >> 31;
  return ((rank ^ sign) - sign) | (sign & SIGN);
}

/** A float's bits as an integer in the order of floats: the magnitude, with the sign of the float. -0 and 0 are both 0. */
function rankOf(bits: number): number {
  const sign = bits >> 31;
  return ((bits & ~SIGN) ^ sign) - sign;
}

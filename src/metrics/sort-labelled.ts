import { BUCKETS, BUCKETS_PAY, bucketRows, scoreBits } from "./buckets.js";
import { gather, type Scores, type SortedOption, sortByScore, startsOf } from "./order.js";

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

export interface LabelledRows {
  /** [B] ascending. */
  scores: Scores;
  /** [B] 1 or 0. */
  labels: Uint8Array;
}

/** Scores and labels in ascending order of score; as they are where they are `sorted` already. What order equal scores have is not said. */
export function sortLabelled(scores: Scores, labels: Uint8Array, { sorted = false }: SortedOption = {}): LabelledRows {
  if (sorted) return { scores, labels };
  if (scores instanceof Float32Array && scores.length >= BUCKETS_PAY) return sortBuckets(scores, labels);
  const byScore = sortByScore(scores);
  return { scores: byScore.scores, labels: gather(labels, byScore.order) };
}

/** A radix sort whose first pass takes the top digit, so that the two others stay within a bucket, in the cache. */
function sortBuckets(scores: Float32Array, labels: Uint8Array): LabelledRows {
  const { rows, ends, largest } = bucketRows(scores, labels);
  const lower = new Int32Array(DIGITS);
  const upper = new Int32Array(DIGITS);
  const byLower = new Int32Array(largest);
  const sorted = { bits: new Int32Array(rows.length), labels: new Uint8Array(rows.length) };
  for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
    const end = ends[bucket]!;
    if (end === start) continue;
    lower.fill(0);
    upper.fill(0);
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      lower[row & (DIGITS - 1)]!++;
      upper[row >> DIGIT_BITS]!++;
    }
    startsOf(lower);
    startsOf(upper);
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      byLower[lower[row & (DIGITS - 1)]!++] = row;
    }
    for (let i = 0; i < end - start; i++) {
      const row = byLower[i]!;
      const at = start + upper[row >> DIGIT_BITS]!++;
      sorted.bits[at] = scoreBits(row, bucket);
      sorted.labels[at] = row & 1;
    }
    start = end;
  }
  return { scores: new Float32Array(sorted.bits.buffer), labels: sorted.labels };
}

import { MmdinError } from "../errors.js";

/** Scores of a model: logits, probabilities or anything else that ranks. */
export type Scores = Float32Array | Float64Array;

export interface SortedOption {
  /** Set where the rows already stand in ascending order of score, which saves the sort. Default false. */
  sorted?: boolean;
}

export interface SortedRows {
  /** [B] the scores, ascending. */
  scores: Scores;
  /** [B] the row that each of them came from. */
  order: Uint32Array;
}

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const SIGN = 0x80000000 | 0;

/**
 * Scores in ascending order, and the rows that they came from; equal scores stay in row order.
 *
 * A radix sort over the bits of the scores, 11 at a time: three passes for 32-bit floats, six for 64-bit ones, O(B).
 *
 * @param scores [B]
 * @throws MmdinError DATA where a score is not a number.
 */
export function sortByScore(scores: Scores): SortedRows {
  const n = scores.length;
  checkNumbers(scores);
  const words = new Int32Array(scores.buffer, scores.byteOffset, scores.byteLength >> 2);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const key = new Int32Array(n);
  if (scores instanceof Float32Array) {
    for (let i = 0; i < n; i++) key[i] = unsignedKey(words[i]!);
    const sorted = sortByKey({ order, key });
    const bits = new Int32Array(n);
    for (let i = 0; i < n; i++) bits[i] = floatBits(sorted.key[i]!);
    return { scores: new Float32Array(bits.buffer), order: sorted.order };
  }
  // The low word of a negative number counts downwards, as its high word does. Typed arrays are little-endian.
  for (let i = 0; i < n; i++) key[i] = words[2 * i]! ^ (words[2 * i + 1]! >> 31);
  const byLow = sortByKey({ order, key });
  for (let i = 0; i < n; i++) key[i] = unsignedKey(words[2 * byLow.order[i]! + 1]!);
  const sorted = sortByKey({ order: byLow.order, key });
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = scores[sorted.order[i]!]!;
  return { scores: values, order: sorted.order };
}

/** Turns sizes into starts, which move to the ends as rows are put in; returns the largest size. */
export function startsOf(sizes: Int32Array): number {
  let start = 0;
  let largest = 0;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    if (size > largest) largest = size;
    sizes[i] = start;
    start += size;
  }
  return largest;
}

/** The values of the rows of `order`, in that order. */
export function gather<Column extends Uint8Array | Int32Array>(column: Column, order: Uint32Array): Column;
export function gather(column: Uint8Array | Int32Array, order: Uint32Array): Uint8Array | Int32Array {
  const values = column instanceof Uint8Array ? new Uint8Array(order.length) : new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) values[i] = column[order[i]!]!;
  return values;
}

/** Fails where a score is not a number. */
export function checkNumbers(scores: Scores): void {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) {
      throw new MmdinError("DATA", "a score is not a number", { where: `row ${i}`, expected: "a number", got: "NaN" });
    }
  }
}

/** Fails where two columns of the same rows differ in length. */
export function checkLengths(name: string, columns: Record<string, { length: number }>): void {
  const entries = Object.entries(columns);
  const first = entries[0]!;
  for (const [column, { length }] of entries) {
    if (length !== first[1].length) {
      throw new MmdinError("SHAPE", "columns of different lengths", {
        where: name,
        expected: `${first[1].length} rows, as in ${first[0]}`,
        got: `${length} in ${column}`,
      });
    }
  }
}

/** Bits of a float as a number whose unsigned order is the float's: negative ones inverted, positive ones above them. */
function unsignedKey(bits: number): number {
  return bits ^ ((bits >> 31) | SIGN);
}

/** The float's bits again. */
function floatBits(key: number): number {
  return key ^ (~(key >> 31) | SIGN);
}

interface Keyed {
  order: Uint32Array;
  /** Unsigned; key[i] belongs to order[i]. */
  key: Int32Array;
}

/** Sorts by key, stably, least significant digit first. Overwrites its input. */
function sortByKey(input: Keyed): Keyed {
  const { key } = input;
  const n = key.length;
  const counts = [new Int32Array(BUCKETS), new Int32Array(BUCKETS), new Int32Array(BUCKETS)] as const;
  const [low, middle, high] = counts;
  for (let i = 0; i < n; i++) {
    const k = key[i]!;
    low[k & (BUCKETS - 1)]!++;
    middle[(k >>> DIGIT_BITS) & (BUCKETS - 1)]!++;
    high[k >>> (2 * DIGIT_BITS)]!++;
  }
  let from: Keyed = input;
  let to: Keyed = { order: new Uint32Array(n), key: new Int32Array(n) };
  for (let pass = 0; pass < counts.length; pass++) {
    const offsets = counts[pass]!;
    const shift = pass * DIGIT_BITS;
    if (n === 0 || offsets[(from.key[0]! >>> shift) & (BUCKETS - 1)] === n) continue; // one digit for all
    startsOf(offsets);
    scatter(from, to, { offsets, shift });
    [from, to] = [to, from];
  }
  return from;
}

function scatter(from: Keyed, to: Keyed, { offsets, shift }: { offsets: Int32Array; shift: number }): void {
  const { order: fromOrder, key: fromKey } = from;
  const { order: toOrder, key: toKey } = to;
  for (let i = 0; i < fromOrder.length; i++) {
    const k = fromKey[i]!;
    const at = offsets[(k >>> shift) & (BUCKETS - 1)]!++;
    toOrder[at] = fromOrder[i]!;
    toKey[at] = k;
  }
}

const BITS = 11;
const BUCKETS = 1 << BITS;

/**
 * Indices of `time` from the earliest to the latest, equal times in index order (a stable radix sort). Whole numbers
 * within 2^33 of the least one take three passes at most, other numbers six over the bits of the float.
 */
export function timeOrder(time: Float64Array): Int32Array {
  const n = time.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let i = 0; i < n; i++) {
    const t = time[i]!;
    if (t < least) least = t;
    if (t > most) most = t;
    if (whole && !Number.isInteger(t)) whole = false;
  }
  const low = new Uint32Array(n);
  if (whole && most - least < 2 ** 32) {
    for (let i = 0; i < n; i++) low[i] = time[i]! - least;
    return sortBy([low]);
  }
  const high = new Uint32Array(n);
  sortableBits(time, low, high);
  return sortBy([low, high]);
}

/** Sorts indices by words of keys, the least significant word first. */
function sortBy(words: Uint32Array[]): Int32Array {
  const n = words[0]!.length;
  let order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let spare = new Int32Array(n);
  for (const [w, word] of words.entries()) {
    let keys: Uint32Array = word;
    if (w > 0) keys = Uint32Array.from(order, (index) => word[index]!);
    let moved: Uint32Array = new Uint32Array(n);
    let largest = 0;
    for (let i = 0; i < n; i++) if (keys[i]! > largest) largest = keys[i]!;
    for (let shift = 0; shift < 32 && largest >>> shift > 0; shift += BITS) {
      pass({ order, keys }, { order: spare, keys: moved }, shift);
      [order, spare] = [spare, order];
      [keys, moved] = [moved, keys];
    }
  }
  return order;
}

/** Splits the bits of floats into two words that sort as unsigned numbers in the order of the floats. */
function sortableBits(time: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  for (let i = 0; i < time.length; i++) {
    value[0] = time[i]! + 0; // -0 becomes 0
    const top = words[1]!;
    const negative = top >>> 31 === 1;
    low[i] = negative ? ~words[0]! : words[0]!;
    high[i] = negative ? ~top : top | 0x80000000;
  }
}

interface Keyed {
  order: Int32Array;
  keys: Uint32Array;
}

/** One stable counting pass. Keys move with their indices, so that they are read in order. */
function pass(from: Keyed, to: Keyed, shift: number): void {
  const { order, keys } = from;
  const { order: toOrder, keys: toKeys } = to;
  const starts = new Int32Array(BUCKETS + 1);
  const mask = BUCKETS - 1;
  for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & mask) + 1]!++;
  for (let b = 0; b < BUCKETS; b++) starts[b + 1]! += starts[b]!;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const place = starts[(key >>> shift) & mask]!++;
    toOrder[place] = order[i]!;
    toKeys[place] = key;
  }
}

export interface TopOptions {
  /** How many at most. */
  count: number;
  /** Only scores above this one; default: any. Never NaN. */
  above?: number;
  /** Which items may come; asked only of those that would be among the best so far. */
  allows: (item: number) => boolean;
}

/**
 * The items of the largest scores, the largest first, of equal ones the lower index first: what a full sort would give. Item 0, the
 * unknown one, never comes.
 *
 * A heap of `count` items whose least is at its root: O(items) comparisons with the root, and O(log count) for each item that
 * takes its place.
 *
 * @param scores by item
 */
export function topItems(
  scores: Float32Array | Float64Array,
  { count, above = Number.NEGATIVE_INFINITY, allows }: TopOptions,
): Int32Array {
  const heap = new Int32Array(Math.max(0, Math.min(count, scores.length - 1)));
  let size = 0;
  /** Whether a comes after b. */
  const isAfter = (a: number, b: number): boolean => scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  const sink = (at: number, end: number): void => {
    const item = heap[at]!;
    for (let child = 2 * at + 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end && isAfter(heap[child + 1]!, heap[child]!)) child++;
      if (!isAfter(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
  };
  const rise = (at: number): void => {
    const item = heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isAfter(item, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  };
  if (heap.length === 0) return heap;
  let least = above;
  for (let item = 1; item < scores.length; item++) {
    // Items come by index: one that only equals the least of a full heap comes after it.
    if (!(scores[item]! > least) || !allows(item)) continue;
    if (size < heap.length) {
      heap[size] = item;
      rise(size++);
    } else {
      heap[0] = item;
      sink(0, size);
    }
    if (size === heap.length) least = scores[heap[0]!]!;
  }
  const top = heap.subarray(0, size);
  for (let end = size - 1; end > 0; end--) {
    const last = top[end]!;
    top[end] = top[0]!;
    top[0] = last;
    sink(0, end);
  }
  return top;
}

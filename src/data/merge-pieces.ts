/** A log that stands in more pieces than one for so many events, and a few, is better sorted. */
const EVENTS_OF_A_PIECE = 32_768;
const A_FEW = 16;

/**
 * Events by time, those of one time in any order, where the log consists of a few ascending pieces: a log in order of
 * time, as the threads of a database give it, each of them several parts of it, now and then an event late. Else null.
 *
 * A merge sort of the pieces. What of two pieces does not overlap is copied in blocks, so that hardly anything is compared.
 */
export function mergePieces(time: Float64Array): Int32Array | null {
  const starts = startsOf(time);
  if (starts === null) return null;
  let order = new Int32Array(time.length);
  for (let e = 0; e < order.length; e++) order[e] = e;
  let merged = new Int32Array(starts.length > 1 ? time.length : 0);
  for (let bounds = [...starts, time.length]; bounds.length > 2; ) {
    const next: number[] = [];
    for (let p = 0; p + 1 < bounds.length; p += 2) {
      const [start, middle] = [bounds[p]!, bounds[p + 1]!];
      const end = bounds[p + 2] ?? middle;
      merge(order, merged, { time, start, middle, end });
      next.push(start);
    }
    next.push(time.length);
    bounds = next;
    [order, merged] = [merged, order];
  }
  return order;
}

/** Where the ascending pieces begin; null where they are many. */
function startsOf(time: Float64Array): number[] | null {
  const most = A_FEW + time.length / EVENTS_OF_A_PIECE;
  const starts = [0];
  for (let e = 1; e < time.length; e++) {
    if (time[e]! >= time[e - 1]!) continue;
    if (starts.length >= most) return null;
    starts.push(e);
  }
  return starts;
}

interface Span {
  time: Float64Array;
  start: number;
  middle: number;
  end: number;
}

/** Merges from[start .. middle) and from[middle .. end) into the same places of `to`. */
function merge(from: Int32Array, to: Int32Array, { time, start, middle, end }: Span): void {
  let [a, b, k] = [start, middle, start];
  while (a < middle && b < end) {
    const nextA = firstAfter(from, { time, at: time[from[b]!]!, start: a, end: middle });
    to.set(from.subarray(a, nextA), k);
    k += nextA - a;
    a = nextA;
    if (a === middle) break;
    const nextB = firstAfter(from, { time, at: time[from[a]!]!, start: b, end });
    to.set(from.subarray(b, nextB), k);
    k += nextB - b;
    b = nextB;
  }
  to.set(from.subarray(a, middle), k);
  to.set(from.subarray(b, end), k + middle - a);
}

/** The first place whose time is later than `at`: steps that double, then halves. */
function firstAfter(
  order: Int32Array,
  { time, at, start, end }: { time: Float64Array; at: number; start: number; end: number },
): number {
  let step = 1;
  while (start + step < end && time[order[start + step - 1]!]! <= at) step *= 2;
  let low = start + (step >> 1);
  let high = Math.min(start + step, end);
  while (low < high) {
    const place = (low + high) >>> 1;
    if (time[order[place]!]! <= at) low = place + 1;
    else high = place;
  }
  return low;
}

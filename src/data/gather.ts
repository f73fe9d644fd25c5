/** y[k] = from[order[k]]: a column in another order. */
export function gather<T extends Float64Array | Int32Array | Uint8Array>(from: T, order: Int32Array): T;
export function gather(from: Float64Array | Int32Array | Uint8Array, order: Int32Array) {
  if (from instanceof Float64Array) return gatherDoubles(from, order);
  return from instanceof Int32Array ? gatherIntegers(from, order) : gatherBytes(from, order);
}

// One loop for each type of array: a loop that has seen all three is several times as slow.

function gatherDoubles(from: Float64Array, order: Int32Array): Float64Array {
  const to = new Float64Array(order.length);
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

function gatherIntegers(from: Int32Array, order: Int32Array): Int32Array {
  const to = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

function gatherBytes(from: Uint8Array, order: Int32Array): Uint8Array {
  const to = new Uint8Array(order.length);
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

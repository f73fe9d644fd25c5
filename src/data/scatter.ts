/** y[to[k]] = x[from[k]]: a column in another order, read as `from` says and written as `to` says; both name every place once. */
export function scatter<T extends Float64Array | Int32Array | Uint8Array>(column: T, order: Orders): T;
export function scatter(column: Float64Array | Int32Array | Uint8Array, order: Orders) {
  if (column instanceof Float64Array) return scatterDoubles(column, order);
  return column instanceof Int32Array ? scatterIntegers(column, order) : scatterBytes(column, order);
}

export interface Orders {
  from: Int32Array;
  to: Int32Array;
}

// One loop for each type of array: a loop that has seen all three is several times as slow.

function scatterDoubles(column: Float64Array, { from, to }: Orders): Float64Array {
  const moved = new Float64Array(column.length);
  for (let k = 0; k < from.length; k++) moved[to[k]!] = column[from[k]!]!;
  return moved;
}

function scatterIntegers(column: Int32Array, { from, to }: Orders): Int32Array {
  const moved = new Int32Array(column.length);
  for (let k = 0; k < from.length; k++) moved[to[k]!] = column[from[k]!]!;
  return moved;
}

function scatterBytes(column: Uint8Array, { from, to }: Orders): Uint8Array {
  const moved = new Uint8Array(column.length);
  for (let k = 0; k < from.length; k++) moved[to[k]!] = column[from[k]!]!;
  return moved;
}

import type { NumberArray } from "./arrow-file.js";

/** to[k] = from[order[k]]: a column in another order. */
export function gather<T extends NumberArray>(from: NumberArray, order: Int32Array, to: T): T {
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

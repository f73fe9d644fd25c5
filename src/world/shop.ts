import type { RandomStream } from "../random.js";
import { WORLD_LENGTH, WORLD_START } from "./calendar.js";
import type { WorldItems } from "./items.js";

/** Draws items that are on sale at a moment, in proportion to their popularity. */
export class Shop {
  /** Items in the order of their debut: what is on sale is always the beginning of it. */
  readonly #order: Int32Array;
  readonly #debut: Float64Array;
  /** Popularity summed up to each item of the order. */
  readonly #cumulated: Float64Array;

  constructor({ count, debut, popularity }: WorldItems) {
    this.#order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => debut[a]! - debut[b]! || a - b);
    this.#debut = Float64Array.from(this.#order, (i) => WORLD_START + debut[i]! * WORLD_LENGTH);
    let sum = 0;
    this.#cumulated = Float64Array.from(this.#order, (i) => {
      sum += popularity[i]!;
      return sum;
    });
  }

  /** Number of items on sale at a time (seconds since 1970). */
  onSale(time: number): number {
    return firstBeyond(this.#debut, time);
  }

  /** One of the first `onSale` items. */
  draw(onSale: number, random: RandomStream): number {
    const point = random.uniform() * this.#cumulated[onSale - 1]!;
    return this.#order[Math.min(firstBeyond(this.#cumulated, point), onSale - 1)]!;
  }
}

/** Index of the first value above x in an ascending list; its length where there is none. */
function firstBeyond(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

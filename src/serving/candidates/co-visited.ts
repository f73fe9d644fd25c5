import type { CoVisits } from "../../training/candidate-tables.js";
import type { WeightedStep } from "./history-weights.js";
import { topItems } from "./top-items.js";

/**
 * Items liked by people who liked those of the history: score(i) = sum over steps t of w_t sim(i_t, i), over the neighbours that are
 * kept of each (`itemNeighbours`).
 */
export class CoVisited {
  readonly #table: CoVisits;
  #scores: Float64Array;

  constructor(table: CoVisits, items: number) {
    this.#table = table;
    this.#scores = new Float64Array(items);
  }

  /** Makes room for items that were added; nothing is known of them. */
  grow(items: number): void {
    if (items > this.#scores.length) this.#scores = new Float64Array(items);
  }

  find(
    steps: readonly WeightedStep[],
    { count, allows }: { count: number; allows: (item: number) => boolean },
  ): Int32Array {
    const scores = this.#scores;
    for (const { item, weight } of steps)
      this.#each(item, (other, similarity) => (scores[other]! += weight * similarity));
    const found = topItems(scores, { count, above: 0, allows });
    for (const { item } of steps) this.#each(item, (other) => (scores[other] = 0));
    return found;
  }

  /** sim(a, b), as b is a neighbour of a; 0 where it is none. */
  similarity(a: number, b: number): number {
    let found = 0;
    this.#each(a, (other, similarity) => {
      if (other === b) found = similarity;
    });
    return found;
  }

  /** sim(a, b) for every two of these items, the larger of both directions, 1 of an item with itself: [n, n]. */
  pairs(items: Int32Array): Float32Array {
    const n = items.length;
    const placeOf = new Map<number, number>();
    items.forEach((item, place) => void placeOf.set(item, place));
    const pairs = new Float32Array(n * n);
    items.forEach((item, a) => {
      pairs[a * n + a] = 1;
      this.#each(item, (other, similarity) => {
        const b = placeOf.get(other);
        if (b === undefined) return;
        pairs[a * n + b] = Math.max(pairs[a * n + b]!, similarity);
        pairs[b * n + a] = Math.max(pairs[b * n + a]!, similarity);
      });
    });
    return pairs;
  }

  #each(item: number, visit: (other: number, similarity: number) => void): void {
    const { start, items, similarities } = this.#table;
    if (item + 1 >= start.length) return;
    for (let at = start[item]!; at < start[item + 1]!; at++) visit(items[at]!, similarities[at]!);
  }
}

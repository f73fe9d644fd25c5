import { meanOverRanks } from "./rank.js";

/**
 * HR@k: the share of lists whose positive is among the first k, rank <= k.
 *
 * @param ranks [lists], from {@link positiveRanks}; a rank of 10.5 (a tie over the border) is no hit at 10
 * @returns null without lists.
 */
export function hitRate(ranks: Float64Array, { k }: { k: number }): number | null {
  return meanOverRanks(ranks, (rank) => (rank <= k ? 1 : 0));
}

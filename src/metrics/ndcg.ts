import { meanOverRanks } from "./rank.js";

/**
 * NDCG@k with one positive a list: mean of 1 / log2(1 + rank) where rank <= k, else 0. The ideal is 1.
 *
 * @param ranks [lists], from {@link positiveRanks}; tied ranks are halves and enter the formula as they are
 * @returns null without lists.
 * Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
 */
export function ndcg(ranks: Float64Array, { k }: { k: number }): number | null {
  return meanOverRanks(ranks, (rank) => (rank <= k ? 1 / Math.log2(1 + rank) : 0));
}

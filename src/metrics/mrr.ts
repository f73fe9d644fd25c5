import { meanOverRanks } from "./rank.js";

/**
 * Mean reciprocal rank: mean of 1 / rank, 0 beyond k.
 *
 * @param ranks [lists], from {@link positiveRanks}
 * @param options.k default no limit
 * @returns null without lists.
 */
export function mrr(ranks: Float64Array, { k = Number.POSITIVE_INFINITY }: { k?: number } = {}): number | null {
  return meanOverRanks(ranks, (rank) => (rank <= k ? 1 / rank : 0));
}

import { MmdinError } from "../errors.js";
import type { Scores } from "./order.js";

/**
 * Rank of the positive among its candidates: 1 + candidates above it + candidates of equal score / 2.
 *
 * A tie costs half, so a model that gives all candidates one score is ranked in the middle and gains nothing.
 *
 * @param scores [lists * width], list after list
 * @param options.width candidates of a list, the positive included
 * @param options.positive place of the positive in each list, default 0
 * @returns [lists] ranks, from 1 to width, in halves
 * @throws MmdinError SHAPE where the scores are no whole number of lists, DATA on a NaN score.
 * @example positiveRanks(Float32Array.of(3, 5, 3, 1), { width: 4 }); // [2.5]
 */
export function positiveRanks(
  scores: Scores,
  { width, positive = 0 }: { width: number; positive?: number },
): Float64Array {
  if (!Number.isInteger(width) || width < 1 || scores.length % width !== 0) {
    throw new MmdinError("SHAPE", "scores are not a whole number of candidate lists", {
      where: "positiveRanks",
      expected: `a multiple of ${width}`,
      got: `${scores.length} scores`,
    });
  }
  const ranks = new Float64Array(scores.length / width);
  for (let list = 0; list < ranks.length; list++) {
    const start = list * width;
    const own = scores[start + positive]!;
    let above = 0;
    let below = 0;
    for (let i = start; i < start + width; i++) {
      const score = scores[i]!;
      if (score > own) above++;
      else if (score < own) below++;
      else if (score !== own) {
        throw new MmdinError("DATA", "a score is not a number", {
          where: `candidate ${i - start} of list ${list}`,
          expected: "a number",
          got: "NaN",
        });
      }
    }
    ranks[list] = 1 + above + (width - above - below - 1) / 2;
  }
  return ranks;
}

/** Mean of f(rank) over the lists; null without lists. */
export function meanOverRanks(ranks: Float64Array, gain: (rank: number) => number): number | null {
  let sum = 0;
  for (const rank of ranks) sum += gain(rank);
  return ranks.length === 0 ? null : sum / ranks.length;
}

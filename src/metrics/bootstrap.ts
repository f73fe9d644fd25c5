import { MmdinError } from "../errors.js";
import { RandomStream } from "../random.js";
import { quantile } from "./quantile.js";
import type { WeightedMetric } from "./weighted.js";

export interface BootstrapOptions {
  /** Number of groups (users) that the metrics' weights count. */
  groups: number;
  /** Default 1,000. */
  resamples?: number;
  /** Default 0. Same seed, same draws. */
  seed?: number;
  /** Mass of the interval, default .95. */
  level?: number;
}

export interface PairedDifference {
  /** first - second on the rows as they are; null where either is undefined. */
  difference: number | null;
  /** Mean of first - second over the resamples; null where none was defined. */
  meanDifference: number | null;
  /** Percentile interval of first - second, `level` of the mass. */
  interval: [number, number] | null;
  /** Share of resamples whose difference has the sign of `difference`. */
  agreement: number | null;
  resamples: number;
  /** Resamples left out because a metric was undefined on them (one class only). */
  undefinedResamples: number;
}

/**
 * Paired bootstrap over groups: how sure is it that one model is better than another on the same rows?
 *
 * Each resample draws as many groups as there are, with replacement, and takes both metrics of the same draw. Groups
 * are users, because the rows of one user hang together; a bootstrap over rows would claim too much.
 *
 * @param first, second metrics of the two models, from {@link weightedAuc}, {@link weightedGauc} or {@link weightedMean}
 * @throws MmdinError DATA without groups.
 * @example
 * const groups = denseGroups(users);
 * const a = weightedAuc(logitsA, { labels, groups });
 * const b = weightedAuc(logitsB, { labels, groups });
 * pairedBootstrap({ first: a, second: b }, { groups: groups.count, seed: 1 });
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
 */
export function pairedBootstrap(
  { first, second }: { first: WeightedMetric; second: WeightedMetric },
  { groups, resamples = 1000, seed = 0, level = 0.95 }: BootstrapOptions,
): PairedDifference {
  if (groups < 1) {
    throw new MmdinError("DATA", "nothing to resample", {
      where: "pairedBootstrap",
      expected: "1 group or more",
      got: `${groups}`,
    });
  }
  const weights = new Int32Array(groups).fill(1);
  const difference = subtract(first(weights), second(weights));
  const random = new RandomStream(seed, "bootstrap");
  const differences: number[] = [];
  let agreeing = 0;
  let sum = 0;
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < groups; draw++) weights[random.below(groups)]!++;
    const value = subtract(first(weights), second(weights));
    if (value === null) continue;
    differences.push(value);
    sum += value;
    if (difference !== null && Math.sign(value) === Math.sign(difference)) agreeing++;
  }
  const defined = differences.length;
  differences.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return {
    difference,
    meanDifference: defined === 0 ? null : sum / defined,
    interval: defined === 0 ? null : [quantile(differences, tail), quantile(differences, 1 - tail)],
    agreement: defined === 0 || difference === null ? null : agreeing / defined,
    resamples,
    undefinedResamples: resamples - defined,
  };
}

function subtract(first: number | null, second: number | null): number | null {
  return first === null || second === null ? null : first - second;
}

import type { StatisticSchema } from "../columns.js";

/** What was logged before: numbers of events and positives, and number and sum of the averaged column. */
export interface Seen {
  count: number;
  positives: number;
  meanCount: number;
  meanSum: number;
}

/**
 * A statistic as the definitions have it, before standardisation: log(1 + n); the logit of (positives + k p) / (n + k);
 * (sum + k m) / (n + k) - m, with k pseudo-events of prior p or m. Rates stay 1e-6 away from 0 and 1.
 */
export function expectedStatistic({ kind, priorMean }: StatisticSchema, seen: Seen, pseudo: number): number {
  if (kind === "count") return Math.log(1 + seen.count);
  const n = (kind === "rate" ? seen.count : seen.meanCount) + pseudo;
  const total = (kind === "rate" ? seen.positives : seen.meanSum) + pseudo * priorMean;
  const smoothed = n > 0 ? total / n : priorMean;
  if (kind === "mean") return smoothed - priorMean;
  const rate = Math.min(1 - 1e-6, Math.max(1e-6, smoothed));
  return Math.log(rate / (1 - rate));
}

/**
 * Whether a stored value (float32) is not the one expected: |stored - expected| > 1e-4 (1 + |expected|) + rounding.
 * `rounding`: how far the expected value can be off, as the values it averages are held in 32 bits.
 */
export function differs(stored: number, expected: number, { rounding }: { rounding: number }): boolean {
  return !(Math.abs(stored - expected) <= 1e-4 * (1 + Math.abs(expected)) + rounding);
}

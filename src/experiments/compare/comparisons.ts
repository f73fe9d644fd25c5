import {
  type DenseGroups,
  quantile,
  rowLogLosses,
  type WeightedMetric,
  weightedAuc,
  weightedGauc,
  weightedMean,
} from "../../metrics/index.js";
import { RandomStream } from "../../random.js";
import { type Comparison, INDICATORS } from "../report/report.js";
import type { CellScores } from "./cell.js";

/** The test rows that all lines have scored. */
export interface ComparedRows {
  label: Uint8Array;
  /** People of the rows. */
  people: DenseGroups;
  /** People of the lists of candidates, as numbered in `people`; null without lists. */
  listPeople: DenseGroups | null;
}

/** Scores of a line, one entry per seed that was finished. */
export interface ComparedLine {
  name: string;
  scores: readonly CellScores[];
}

export interface ComparisonOptions {
  /** Pairs of line numbers [first, second]. */
  pairs: readonly (readonly [number, number])[];
  /** Default 2,000. */
  resamples?: number;
  /** Default 0. */
  seed?: number;
}

type Compared = Comparison["indicator"];
const COMPARED: readonly Compared[] = ["auc", "gauc", "logLoss", "hitRate10"];
const LEVEL = 0.05;

/**
 * Sets lines beside one another by a paired bootstrap over people and seeds.
 *
 * Each resample draws as many people as there are, with replacement, the same ones for every line, and as many seeds of each line
 * as it has; the value of a line is the mean of its indicator over the drawn seeds, on the rows of the drawn people. So an interval
 * speaks of both kinds of luck: who happened to be in test, and how a training happened to start. p is two-sided, twice the smaller
 * share of resamples on either side of 0 (counting one more, so that it is never 0). For m pairs, p is multiplied by m and the
 * interval holds 1 - .05 / m of the resamples (Bonferroni): a pair is told apart where p is below .05.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; Dunn, "Multiple Comparisons Among Means", 1961.
 */
export function compareLines(
  lines: readonly ComparedLine[],
  rows: ComparedRows,
  { pairs, resamples = 2000, seed = 0 }: ComparisonOptions,
): Comparison[] {
  const { people } = rows;
  const involved = [...new Set(pairs.flat())].filter((line) => lines[line]!.scores.length > 0);
  return COMPARED.filter((indicator) => indicator !== "hitRate10" || rows.listPeople !== null).flatMap((indicator) => {
    const metrics = new Map(
      involved.map((line) => [line, lines[line]!.scores.map((own) => metricOf(indicator, own, rows))]),
    );
    const whole = new Int32Array(people.count).fill(1);
    const found = new Map(involved.map((line) => [line, mean(metrics.get(line)!.map((metric) => metric(whole)))]));
    const draws = people.count < 2 ? [] : drawAll(metrics, { people: people.count, resamples, seed });
    return pairs.map(([first, second]) => {
      const [a, b] = [found.get(first) ?? null, found.get(second) ?? null];
      const difference = a === null || b === null ? null : a - b;
      const differences = draws.flatMap((values) => {
        const [left, right] = [values.get(first) ?? null, values.get(second) ?? null];
        return left === null || right === null ? [] : [left - right];
      });
      const names = { first: lines[first]!.name, second: lines[second]!.name, indicator };
      return { ...names, ...judge({ difference, differences, pairs: pairs.length, ...names }) };
    });
  });
}

function metricOf(
  indicator: Compared,
  scores: CellScores,
  { label, people, listPeople }: ComparedRows,
): WeightedMetric {
  const { logits, ranks } = scores;
  switch (indicator) {
    case "auc":
      return weightedAuc(logits, { labels: label, groups: people });
    case "gauc":
      return weightedGauc(logits, { labels: label, groups: people });
    case "logLoss":
      return weightedMean(rowLogLosses(logits, label), { groups: people });
    case "hitRate10":
      return ranks === null || listPeople === null
        ? () => null
        : weightedMean(
            ranks.map((rank) => (rank <= 10 ? 1 : 0)),
            { groups: listPeople },
          );
  }
}

/** The value of every line in each resample. */
function drawAll(
  metrics: ReadonlyMap<number, readonly WeightedMetric[]>,
  { people, resamples, seed }: { people: number; resamples: number; seed: number },
): Map<number, number | null>[] {
  const random = new RandomStream(seed, "compare");
  const weights = new Int32Array(people);
  return Array.from({ length: resamples }, () => {
    weights.fill(0);
    for (let draw = 0; draw < people; draw++) weights[random.below(people)]!++;
    return new Map(
      Array.from(metrics, ([line, seeds]) => {
        const values = seeds.map((metric) => metric(weights));
        return [line, mean(seeds.map(() => values[random.below(values.length)]!))];
      }),
    );
  });
}

function judge({
  difference,
  differences,
  indicator,
  pairs,
  first,
  second,
}: {
  difference: number | null;
  differences: number[];
  indicator: Compared;
  pairs: number;
  first: string;
  second: string;
}): Omit<Comparison, "first" | "second" | "indicator"> {
  const name = { auc: "AUC", gauc: "gAUC", logLoss: "log-loss", hitRate10: "HR@10" }[indicator];
  const drawn = differences.length;
  if (difference === null || drawn === 0) {
    const sentence = `${first} and ${second} cannot be compared in ${name}: it is not defined for both, or there is one person.`;
    return { difference, interval: null, agreement: null, p: null, verdict: "undefined", sentence };
  }
  const sorted = differences.toSorted((a, b) => a - b);
  const tail = LEVEL / pairs / 2;
  const interval: [number, number] = [quantile(sorted, tail), quantile(sorted, 1 - tail)];
  const below = sorted.filter((value) => value <= 0).length;
  const above = sorted.filter((value) => value >= 0).length;
  const p = Math.min(1, 2 * pairs * ((Math.min(below, above) + 1) / (drawn + 1)));
  const agreement = sorted.filter((value) => Math.sign(value) === Math.sign(difference)).length / drawn;
  const apart = p < LEVEL && difference !== 0;
  const better = difference > 0 === (INDICATORS[indicator] === "higher");
  const verdict = apart ? (better ? "better" : "worse") : "cannot be told apart";
  const sign = difference < 0 ? "-" : "+";
  const by = `${sign}${Math.abs(difference).toFixed(4)} [${interval.map((end) => end.toFixed(4)).join(", ")}]`;
  const agree = `${(100 * agreement).toFixed(1)} % of resamples agree`;
  const sentence = apart
    ? `${first} is ${verdict} than ${second} in ${name}: ${by}, ${agree}.`
    : `${first} and ${second} cannot be told apart in ${name}: ${by}, ${agree}.`;
  return { difference, interval, agreement, p, verdict, sentence };
}

/** The mean, or null where one is not defined. */
function mean(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}

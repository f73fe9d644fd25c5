import { setImmediate } from "node:timers/promises";
import {
  type DenseGroups,
  rowLogLosses,
  type WeightedMetric,
  weightedAuc,
  weightedGauc,
  weightedMean,
} from "../../metrics/index.js";
import { RandomStream } from "../../random.js";
import type { Comparison } from "../report/report.js";
import type { CellScores } from "./cell.js";
import { judge } from "./judge.js";

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
  /** Number of pairs that results are corrected for; default that of `pairs`. */
  corrected?: number;
  /** Draws of people; default 1,000. */
  resamples?: number;
  /** Default 0. */
  seed?: number;
}

type Compared = Comparison["indicator"];
const COMPARED: readonly Compared[] = ["auc", "gauc", "logLoss", "hitRate10"];

/** Milliseconds after which others get their turn: Ctrl-C is heard. */
const TURN = 50;

/**
 * Sets lines beside one another on the rows of test. Each resample draws as many people as there are, with replacement, the same ones
 * for every line and indicator; the value of a line is the mean of its indicator over its seeds. What follows from that: {@link judge}.
 */
export async function compareLines(
  lines: readonly ComparedLine[],
  rows: ComparedRows,
  { pairs, corrected = pairs.length, resamples = 1000, seed = 0 }: ComparisonOptions,
): Promise<Comparison[]> {
  const { people } = rows;
  const indicators = COMPARED.filter((indicator) => indicator !== "hitRate10" || rows.listPeople !== null);
  const involved = [...new Set(pairs.flat())];
  const measured = indicators.flatMap((indicator) =>
    involved.map((line) => ({
      key: keyOf(indicator, line),
      metrics: lines[line]!.scores.map((scores) => metricOf(indicator, scores, rows)),
    })),
  );
  const whole = new Int32Array(people.count).fill(1);
  const values = new Map(measured.map(({ key, metrics }) => [key, metrics.map((metric) => metric(whole))]));
  const drawn = new Map<string, (number | null)[]>(measured.map(({ key }) => [key, []]));
  const random = new RandomStream(seed, "compare");
  const weights = new Int32Array(people.count);
  let turn = performance.now();
  for (let resample = 0; people.count > 1 && resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < people.count; draw++) weights[random.below(people.count)]!++;
    for (const { key, metrics } of measured) drawn.get(key)!.push(mean(metrics.map((metric) => metric(weights))));
    if (performance.now() - turn < TURN) continue;
    await setImmediate();
    turn = performance.now();
  }
  return indicators.flatMap((indicator) =>
    pairs.map(([first, second]) => {
      const [a, b] = [keyOf(indicator, first), keyOf(indicator, second)];
      const others = drawn.get(b)!;
      const draws = drawn.get(a)!.flatMap((left, i) => {
        const right = others[i] ?? null;
        return left === null || right === null ? [] : [left - right];
      });
      return judge({
        first: lines[first]!.name,
        second: lines[second]!.name,
        indicator,
        values: [known(values.get(a)!), known(values.get(b)!)],
        draws,
        people: people.count,
        pairs: corrected,
      });
    }),
  );
}

const keyOf = (indicator: Compared, line: number): string => `${indicator} ${line}`;

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

/** The mean, or null where one is not defined. */
function mean(values: readonly (number | null)[]): number | null {
  const defined = known(values);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** All values, or none where one is not defined. */
function known(values: readonly (number | null)[]): number[] {
  const found = values.filter((value): value is number => value !== null && Number.isFinite(value));
  return found.length === values.length ? found : [];
}

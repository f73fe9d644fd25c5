import { studentQuantile, studentTail } from "../../metrics/index.js";
import { type Comparison, INDICATORS } from "../report/report.js";
import { INDICATOR_NAMES, signed } from "../report/report-text.js";

/** Two lines on the same rows, as far as luck is concerned. */
export interface Judged {
  first: string;
  second: string;
  indicator: Comparison["indicator"];
  /** Values of each on the whole of test, one per seed; empty where none is defined. */
  values: readonly [readonly number[], readonly number[]];
  /** first - second on each draw of people. */
  draws: readonly number[];
  /** Number of people in test. */
  people: number;
  /** Number of pairs that are judged beside one another. */
  pairs: number;
}

const LEVEL = 0.05;
/** From here on Student's t is the normal distribution, to three digits. */
const MOST_FREEDOM = 1000;

/**
 * Whether two lines can be told apart.
 *
 * Two kinds of luck add up: who happened to be in test, and how a training happened to start.
 *
 * variance = v + s_a^2 / n_a + s_b^2 / n_b, v the variance of the difference over draws of people, s the deviation over n seeds
 * freedom = variance^2 / (v^2 / (people - 1) + (s_a^2 / n_a)^2 / (n_a - 1) + (s_b^2 / n_b)^2 / (n_b - 1))
 * interval = difference +- t(1 - .05 / 2m, freedom) sqrt(variance), p = m P(|T| > |difference| / sqrt(variance)), m pairs
 *
 * A line with one seed adds nothing for its training: the sentence then says that it is of people alone. A bootstrap over the seeds
 * themselves would be far too sure: drawing from five values gives four fifths of their variance, and no tail.
 *
 * Source: Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are Involved", 1947; Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993; Dunn, "Multiple Comparisons Among Means", 1961 (Bonferroni).
 */
export function judge({ first, second, indicator, values, draws, people, pairs }: Judged): Comparison {
  const names = { first, second, indicator };
  const name = INDICATOR_NAMES[indicator];
  const [a, b] = values.map(moments) as [Moments | null, Moments | null];
  const difference = a === null || b === null ? null : a.mean - b.mean;
  if (difference === null || a === null || b === null || draws.length < 2 || people < 2) {
    const why = difference === null ? "it is not defined for both" : "there is one person in test";
    const sentence = `${first} and ${second} cannot be compared in ${name}: ${why}.`;
    return { ...names, difference, interval: null, agreement: null, p: null, verdict: "undefined", sentence };
  }
  const overPeople = moments(draws)!.variance;
  const parts = [
    { variance: overPeople, freedom: people - 1 },
    { variance: a.variance / a.count, freedom: a.count - 1 },
    { variance: b.variance / b.count, freedom: b.count - 1 },
  ].filter(({ variance }) => variance > 0);
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  const freedom = parts.length === 0 ? 1 : Math.min(MOST_FREEDOM, Math.max(1, Math.floor(variance ** 2 / spread)));
  const error = Math.sqrt(variance);
  const half = error * studentQuantile(1 - LEVEL / pairs / 2, { freedom });
  const p = error > 0 ? Math.min(1, pairs * studentTail(difference / error, { freedom })) : difference === 0 ? 1 : 0;
  const interval: [number, number] = [difference - half, difference + half];
  const agreement = draws.filter((value) => Math.sign(value) === Math.sign(difference)).length / draws.length;
  const apart = interval[0] > 0 || interval[1] < 0;
  const better = difference > 0 === (INDICATORS[indicator] === "higher");
  const verdict = apart ? (better ? "better" : "worse") : "cannot be told apart";
  const by = `${signed(difference)} [${signed(interval[0])}, ${signed(interval[1])}]`;
  const trained = a.count > 1 && b.count > 1 ? "" : ", over people alone";
  const tail = `${by}${trained}, ${(100 * agreement).toFixed(1)} % of resamples agree.`;
  const sentence = apart
    ? `${first} is ${verdict} than ${second} in ${name}: ${tail}`
    : `${first} and ${second} cannot be told apart in ${name}: ${tail}`;
  return { ...names, difference, interval, agreement, p, verdict, sentence };
}

interface Moments {
  count: number;
  mean: number;
  /** Of a sample (count - 1 below the line); 0 for one value. */
  variance: number;
}

function moments(values: readonly number[]): Moments | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

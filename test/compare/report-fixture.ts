import { ablationLines } from "../../src/experiments/ablate.js";
import { judge } from "../../src/experiments/compare/judge.js";
import { notesOf } from "../../src/experiments/compare/notes.js";
import { eachIndicator } from "../../src/experiments/compare/report-line.js";
import {
  type CompareReport,
  type Comparison,
  type Indicator,
  type Indicators,
  REPORT_FORMAT,
  REPORT_VERSION,
  type ReportCell,
  type ReportLine,
} from "../../src/experiments/report/report.js";
import { type CalibrationBin, type Summary, summary } from "../../src/metrics/index.js";
import type { SliceName } from "../../src/training/index.js";

const SEEDS = [1, 2, 3, 4, 5];
const SLICES = {
  coldItems: { rows: 2029, positives: 871, shift: -0.09 },
  warmItems: { rows: 8055, positives: 3258, shift: 0.01 },
  emptyHistory: { rows: 41, positives: 41, shift: null },
  shortHistory: { rows: 402, positives: 190, shift: -0.05 },
  longHistory: { rows: 9641, positives: 3898, shift: 0.004 },
  popularItems: { rows: 4012, positives: 1903, shift: 0.016 },
  commonItems: { rows: 3031, positives: 1102, shift: -0.004 },
  rareItems: { rows: 3041, positives: 1124, shift: -0.06 },
  newUsers: { rows: 2950, positives: 1311, shift: -0.02 },
  lightUsers: { rows: 1210, positives: 520, shift: -0.03 },
  regularUsers: { rows: 2800, positives: 1100, shift: 0.002 },
  heavyUsers: { rows: 6074, positives: 2509, shift: 0.007 },
  allModalities: { rows: 9210, positives: 3790, shift: 0.001 },
  missingModality: { rows: 0, positives: 0, shift: null },
} as const satisfies Record<SliceName, { rows: number; positives: number; shift: number | null }>;

/** Fourteen models with their AUC, log-loss and number of weights; `dmin` has the better log-loss, `mmdin` the better AUC. */
const MODELS: readonly [name: string, auc: number, logLoss: number, parameters: number][] = [
  ["mmdin", 0.8612, 0.4651, 412_033],
  ["dmin", 0.8604, 0.4611, 298_117],
  ["din", 0.8571, 0.4739, 187_905],
  ["bst", 0.8566, 0.4744, 305_211],
  ["dcn-v2", 0.8548, 0.4768, 241_377],
  ["deepfm", 0.8541, 0.4779, 178_001],
  ["pnn", 0.8533, 0.4791, 190_465],
  ["wide-deep", 0.8527, 0.4802, 169_409],
  ["embedding-mlp", 0.8519, 0.4811, 168_257],
  ["neural-cf", 0.8402, 0.4977, 102_401],
  ["lr", 0.8371, 0.5003, 10_401],
  ["item-rate", 0.7702, 0.5719, 7868],
  ["item-knn", 0.7011, 0.6288, 1_581_468],
  ["popularity", 0.6204, 0.6611, 7868],
];
/** Models that count: nothing is trained, so nothing is validated on the way, and no features are given. */
const COUNTING = ["item-rate", "item-knn", "popularity"];
const ALL_FEATURES = [
  'options.modalities="all"',
  "options.statistics=true",
  "options.behaviour=true",
  "options.age=true",
  'options.history="all"',
];

/** A comparison of 14 models over 5 seeds: one failed cell, one slice of one class, no candidates to rank. */
export function compareFixture(): CompareReport {
  const lines = MODELS.map(([name, auc, logLoss, parameters], at) =>
    line(name, {
      ...{ auc, logLoss, parameters, at, failed: name === "pnn" ? 3 : null, base: 0.8519 },
      set: COUNTING.includes(name) ? [] : [...ALL_FEATURES],
    }),
  );
  return noted({
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    kind: "compare",
    title: "Models compared",
    mmdin: "0.1.0",
    dataset: {
      name: "movielens",
      hash: "90bc5256c9d8469461f63e6528344a25bcf382003be37958ed59643c3e83ee0d",
      splits: {
        train: { rows: 80_668, positives: 0.488 },
        valid: { rows: 10_084, positives: 0.516 },
        test: { rows: 10_084, positives: 0.409 },
      },
      users: 143,
      negatives: null,
    },
    plan: { seeds: SEEDS, set: [], features: "all", threads: 1, base: "embedding-mlp", tuning: null },
    lines,
    best: "mmdin",
    comparisons: withBest(lines, ["auc", "gauc", "logLoss"]),
    notes: [],
    times: {
      created: "2026-11-23T17:20:00.000Z",
      machine: "Processor of a fixture, 2 cores, 24 GiB, Node 20.20.2",
      seconds: 5230,
      lines: Object.fromEntries(
        lines.map(({ name, parameters }) => [
          name,
          { secondsPerRun: 4 + (parameters ?? 0) / 9000, rowsPerSecond: COUNTING.includes(name) ? null : 21_000 },
        ]),
      ),
    },
  });
}

/** A comparison of three tuned models with fixed candidates beside each positive; one trial has failed. */
export function rankingFixture(): CompareReport {
  const report = compareFixture();
  const lines = MODELS.slice(0, 3).map(([name, auc, logLoss, parameters], at) => {
    const own = { auc: auc - 0.1, logLoss: logLoss - 0.2, parameters, at, failed: null, ranking: true, base: 0.7571 };
    const trials = [[], ["optimizer.learningRate=0.002"], ["optimizer.learningRate=0.004"]].map((set, trial) => {
      const isLost = trial === 2 && at === 2;
      return {
        set,
        value: isLost ? null : 0.27 + Math.abs(trial - at) / 100,
        error: isLost ? "diverged: the loss of step 12 is not a number" : null,
        chosen: trial === Math.min(at, 1),
      };
    });
    const chosen = trials.find(({ chosen }) => chosen)?.set ?? [];
    return { ...line(name, { ...own, set: [...ALL_FEATURES, ...chosen] }), trials };
  });
  return noted({
    ...report,
    dataset: { ...report.dataset, name: "office", negatives: 100, users: 1719 },
    plan: {
      ...report.plan,
      base: "din",
      tuning: { trials: 3, seed: 7, space: { "optimizer.learningRate": [0.002, 0.004] } },
    },
    lines,
    comparisons: withBest(lines, ["auc", "gauc", "logLoss", "hitRate10"]),
  });
}

/** AUC of every rung, then of the whole less each part. */
const RUNG_AUCS = [0.79, 0.8121, 0.8333, 0.8472, 0.847, 0.8561, 0.8565, 0.8612, 0.8613];
const PART_AUCS = [
  ...[0.8203, 0.8566, 0.8401, 0.8531, 0.8609, 0.8608, 0.8512],
  ...[0.8611, 0.8566, 0.8611, 0.8467, 0.83, 0.8655, 0.8102],
];

/** The ladder of `ablate` and its removals: five steps of eight gain, and without ages it is better. */
export function ablationFixture(): CompareReport {
  const report = compareFixture();
  const lines = ablationLines().map(({ name, set }, at): ReportLine => {
    const auc = [...RUNG_AUCS, ...PART_AUCS][at] ?? 0.86;
    const own = { auc, logLoss: 1.32 - auc, parameters: 300_000, failed: null, base: 0.79 };
    return { ...line(name, { ...own, at, set }), model: "mmdin" };
  });
  const whole = lines[RUNG_AUCS.length - 1]!;
  const pairs = lines.slice(1).map((own, at): [ReportLine, ReportLine] => {
    return [own, at + 1 < RUNG_AUCS.length ? lines[at]! : whole];
  });
  return noted({
    ...report,
    kind: "ablate",
    title: "What each part of mmdin is worth",
    plan: { ...report.plan, features: "own", base: "ids" },
    lines,
    best: whole.name,
    comparisons: compared(pairs, { indicators: ["auc", "gauc", "logLoss"], corrected: pairs.length }),
  });
}

/** With the notes that a report of this kind comes with. */
function noted(report: CompareReport): CompareReport {
  return { ...report, notes: notesOf(report, { asked: report.lines.length * report.plan.seeds.length }) };
}

/** Every line beside the first one, as `compare` sets them. */
function withBest(lines: readonly ReportLine[], indicators: readonly Comparison["indicator"][]): Comparison[] {
  const pairs = lines.slice(1).map((other): [ReportLine, ReportLine] => [other, lines[0]!]);
  return compared(pairs, { indicators, corrected: (lines.length * (lines.length - 1)) / 2 });
}

/** Pairs judged by the code that judges them in a report; the luck of people is made up, the same for all. */
function compared(
  pairs: readonly [ReportLine, ReportLine][],
  { indicators, corrected }: { indicators: readonly Comparison["indicator"][]; corrected: number },
): Comparison[] {
  return indicators.flatMap((indicator) =>
    pairs.map(([first, second]) => {
      const valuesOf = ({ cells }: ReportLine): number[] => cells.flatMap((cell) => cell.indicators[indicator] ?? []);
      const difference = first.indicators[indicator].mean! - second.indicators[indicator].mean!;
      // Logistic, with a deviation of 0.0006.
      const draws = Array.from(
        { length: 1000 },
        (_, draw) => difference + 0.00033 * Math.log((draw + 0.5) / (999.5 - draw)),
      );
      return judge({
        ...{ first: first.name, second: second.name, indicator, draws, people: 143, pairs: corrected },
        values: [valuesOf(first), valuesOf(second)],
      });
    }),
  );
}

interface LineOptions {
  auc: number;
  logLoss: number;
  parameters: number;
  /** Place in the report; makes the noise of a line its own. */
  at: number;
  /** Place of the seed that failed. */
  failed: number | null;
  ranking?: boolean;
  /** AUC of the line that RelaImpr is relative to. */
  base: number;
  set: string[];
}

function line(name: string, options: LineOptions): ReportLine {
  const { auc, logLoss, parameters, at, failed, ranking = false, base, set } = options;
  const counts = COUNTING.includes(name);
  const relative = (own: number, other: number): number | null =>
    own === other ? null : ((own - 0.5) / (other - 0.5) - 1) * 100;
  const cells = SEEDS.map((seed, place): ReportCell => {
    const ok = place !== failed;
    const noise = 0.0011 * wave(17 * at + place);
    return {
      seed,
      state: ok ? "finished" : "failed",
      error: ok ? null : "diverged: the loss of step 212 is not a number",
      indicators: eachIndicator((indicator) => (ok ? measuredOf(indicator, { auc, logLoss, noise, ranking }) : null)),
      uncalibrated: {
        ece: ok && !counts ? 0.061 + noise : null,
        logLoss: ok && !counts ? logLoss + 0.011 + noise : null,
      },
      calibration: ok ? "platt" : "none",
      validations: Array.from({ length: counts ? 0 : ok ? 12 : 3 }, (_, index) => ({
        step: 100 * (index + 1),
        loss: 0.7 - 0.02 * index,
        logLoss: ok || index < 2 ? logLoss + 0.02 + 0.16 * Math.exp(-index / 2) + 0.0002 * index ** 2 + noise : null,
        auc: auc - 0.1 * Math.exp(-index / 2) + noise,
      })),
      stopped: ok ? (counts ? "counted" : "early") : null,
      steps: ok ? (counts ? 0 : 1200) : null,
    };
  });
  const over = (value: (cell: ReportCell) => number | null): Summary =>
    summary(cells.map(value).filter((found): found is number => found !== null));
  return {
    name,
    model: name,
    set,
    parameters,
    cells,
    indicators: eachIndicator((indicator) => over((cell) => cell.indicators[indicator])),
    relaImpr: { auc: relative(auc, base), gauc: relative(auc - 0.09, base - 0.09) },
    slices: slicesOf(({ shift }) => ({
      auc: over(({ indicators }) => (indicators.auc === null || shift === null ? null : indicators.auc + shift)),
      gauc: over(({ indicators }) => (indicators.gauc === null || shift === null ? null : indicators.gauc + shift)),
      logLoss: over(({ indicators }) => (indicators.logLoss === null ? null : indicators.logLoss - (shift ?? 0))),
    })),
    reliability: { before: bins(0.09), after: bins(0.02) },
    trials: [],
  };
}

function slicesOf(
  measure: (slice: (typeof SLICES)[SliceName]) => { auc: Summary; gauc: Summary; logLoss: Summary },
): ReportLine["slices"] {
  const of = (slice: (typeof SLICES)[SliceName]) => ({
    rows: slice.rows,
    positives: slice.positives,
    ...measure(slice),
  });
  const result: Partial<ReportLine["slices"]> = {};
  for (const name of Object.keys(SLICES) as SliceName[]) result[name] = of(SLICES[name]);
  return result as ReportLine["slices"];
}

function measuredOf(
  indicator: Indicator,
  { auc, logLoss, noise, ranking }: { auc: number; logLoss: number; noise: number; ranking: boolean },
): number | null {
  const ranked = (value: number): number | null => (ranking ? value : null);
  const values: Indicators<number | null> = {
    auc: auc + noise,
    gauc: auc - 0.09 + noise,
    logLoss: logLoss - noise,
    prAuc: auc - 0.05 + noise,
    accuracy: auc - 0.08 + noise,
    ece: 0.021 + Math.abs(noise),
    hitRate10: ranked(auc - 0.4 + noise),
    ndcg10: ranked(auc - 0.55 + noise),
    mrr: ranked(auc - 0.58 + noise),
    coverage10: ranked(0.7 + noise),
  };
  return values[indicator];
}

function bins(bend: number): CalibrationBin[] {
  return Array.from({ length: 15 }, (_, bin) => {
    const probability = (bin + 0.5) / 15;
    const rate = Math.max(0, probability - bend * Math.sin(Math.PI * probability));
    return { rows: 3361, probability, rate, lowest: bin / 15, highest: (bin + 1) / 15 };
  });
}

/** Noise in -1 to 1 that is the same on every machine. */
function wave(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Every undefined number a report can have: nothing finished. */
export function emptyFixture(): CompareReport {
  const report = compareFixture();
  const none = summary([]);
  const lines = report.lines.slice(0, 2).map(
    (line): ReportLine => ({
      ...line,
      parameters: null,
      cells: line.cells.map((cell) => ({
        ...cell,
        state: "failed",
        error: "the dataset was changed",
        indicators: eachIndicator(() => null),
        uncalibrated: { ece: null, logLoss: null },
        validations: [],
        stopped: null,
        steps: null,
      })),
      indicators: eachIndicator(() => none),
      relaImpr: { auc: null, gauc: null },
      slices: slicesOf(() => ({ auc: none, gauc: none, logLoss: none })),
      reliability: { before: [], after: [] },
    }),
  );
  return noted({
    ...report,
    plan: { ...report.plan, base: "mmdin" },
    lines,
    best: null,
    comparisons: [],
    times: { ...report.times, lines: {} },
  });
}

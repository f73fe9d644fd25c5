import {
  type CompareReport,
  type Comparison,
  INDICATORS,
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

/** Fourteen models, best first, with their AUC, log-loss and number of weights. */
const MODELS: readonly [name: string, auc: number, logLoss: number, parameters: number][] = [
  ["mmdin", 0.8612, 0.4651, 412_033],
  ["dmin", 0.8604, 0.4662, 298_117],
  ["din", 0.8571, 0.4739, 187_905],
  ["bst", 0.8566, 0.4744, 305_211],
  ["dcn-v2", 0.8548, 0.4768, 241_377],
  ["deepfm", 0.8541, 0.4779, 178_001],
  ["pnn", 0.8533, 0.4791, 190_465],
  ["wide-deep", 0.8527, 0.4802, 169_409],
  ["embedding-mlp", 0.8519, 0.4811, 168_257],
  ["neural-cf", 0.8402, 0.4977, 102_401],
  ["lr", 0.8371, 0.5003, 10_401],
  ["item-rate", 0.7702, 0.5719, 0],
  ["item-knn", 0.7011, 0.6288, 0],
  ["popularity", 0.6204, 0.6611, 2],
];

/** A comparison of 14 models over 5 seeds: one failed cell, one slice of one class, no candidates to rank. */
export function compareFixture(): CompareReport {
  const lines = MODELS.map(([name, auc, logLoss, parameters], at) =>
    line(name, { auc, logLoss, parameters, at, failed: name === "pnn" ? 3 : null }),
  );
  const others = lines.slice(1);
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    kind: "compare",
    title: "14 models on movielens",
    mmdin: "0.1.0",
    dataset: {
      name: "movielens",
      hash: "5f0c2b7be1a9",
      splits: {
        train: { rows: 80_668, positives: 0.488 },
        valid: { rows: 10_084, positives: 0.516 },
        test: { rows: 10_084, positives: 0.409 },
      },
      users: 143,
      negatives: null,
    },
    plan: { seeds: SEEDS, set: [], features: "all", threads: 2, base: "embedding-mlp", tuning: null },
    lines,
    best: "mmdin",
    comparisons: [
      ...others.map((other, at) => comparison(lines[0]!, other, { indicator: "auc", alike: at === 0 })),
      ...others.map((other, at) => comparison(lines[0]!, other, { indicator: "logLoss", alike: at < 1 })),
    ],
    notes: [
      "pnn was not finished for seed 4: its line is over 4 seeds.",
      "Every row of the slice empty history is positive: it has no AUC.",
    ],
    times: {
      created: "2026-11-23T17:20:00.000Z",
      machine: "2 cores, linux x64, Node 20.20.2",
      seconds: 5230,
      lines: Object.fromEntries(
        lines.map(({ name, parameters }) => [
          name,
          { secondsPerRun: 4 + (parameters ?? 0) / 9000, rowsPerSecond: 21_000 },
        ]),
      ),
    },
  };
}

/** A comparison of three tuned models with fixed candidates beside each positive. */
export function rankingFixture(): CompareReport {
  const report = compareFixture();
  const lines = MODELS.slice(0, 3).map(([name, auc, logLoss, parameters], at) => ({
    ...line(name, { auc: auc - 0.1, logLoss: logLoss - 0.2, parameters, at, failed: null, ranking: true }),
    set: [`learningRate=${at + 1}e-3`],
    trials: [1, 2, 3].map((rate) => ({
      set: [`learningRate=${rate}e-3`],
      value: rate === 3 && at === 2 ? null : 0.27 + Math.abs(rate - at - 1) / 100,
      error: rate === 3 && at === 2 ? "diverged: the loss of step 12 is not a number" : null,
      chosen: rate === at + 1,
    })),
  }));
  return {
    ...report,
    title: "3 models on office",
    dataset: { ...report.dataset, name: "office", negatives: 100, users: 1719 },
    plan: {
      ...report.plan,
      base: null,
      tuning: { trials: 3, seed: 7, space: { learningRate: [1e-3, 2e-3, 3e-3] } },
    },
    lines,
    comparisons: (["auc", "logLoss", "hitRate10"] as const).flatMap((indicator) =>
      lines.slice(1).map((other) => comparison(lines[0]!, other, { indicator, alike: false })),
    ),
    notes: [],
  };
}

const RUNGS = [
  "ids",
  "+ modalities in the MLP",
  "+ modalities in attention",
  "+ attention head per modality",
  "+ several heads",
  "+ similarity tiers",
  "+ gates",
  "+ cross layers",
];

/** A ladder of eight rungs, and four parts taken away from the whole. */
export function ablationFixture(): CompareReport {
  const report = compareFixture();
  const gains = [0.79, 0.8121, 0.8333, 0.8472, 0.847, 0.8561, 0.8565, 0.8612];
  const options = { parameters: 300_000, failed: null };
  const rungs = RUNGS.map((name, at) => line(name, { ...options, auc: gains[at]!, logLoss: 1.32 - gains[at]!, at }));
  const whole = rungs.at(-1)!;
  const without = ["without cross layers", "without gates", "without similarity tiers", "without modalities"].map(
    (name, at) => {
      const auc = [0.8566, 0.8609, 0.8531, 0.8203][at]!;
      return line(name, { ...options, auc, logLoss: 1.32 - auc, at: at + 8 });
    },
  );
  const pairs: [ReportLine, ReportLine][] = [
    ...rungs.slice(1).map((rung, at): [ReportLine, ReportLine] => [rung, rungs[at]!]),
    ...without.map((other): [ReportLine, ReportLine] => [other, whole]),
  ];
  return {
    ...report,
    kind: "ablate",
    title: "What each part of mmdin is worth on movielens",
    plan: { ...report.plan, features: "own", base: null },
    lines: [...rungs, ...without],
    best: whole.name,
    comparisons: (["auc", "logLoss"] as const).flatMap((indicator) =>
      pairs.map(([first, second]) => {
        const alike = Math.abs(first.indicators.auc.mean! - second.indicators.auc.mean!) < 0.001;
        return comparison(first, second, { indicator, alike });
      }),
    ),
    notes: [],
  };
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
}

function line(name: string, { auc, logLoss, parameters, at, failed, ranking = false }: LineOptions): ReportLine {
  const cells = SEEDS.map((seed, place): ReportCell => {
    const ok = place !== failed;
    const noise = 0.0011 * wave(17 * at + place);
    return {
      seed,
      state: ok ? "finished" : "failed",
      error: ok ? null : "diverged: the loss of step 212 is not a number",
      indicators: indicatorsOf((indicator) => (ok ? measuredOf(indicator, { auc, logLoss, noise, ranking }) : null)),
      uncalibrated: { ece: ok ? 0.061 + noise : null, logLoss: ok ? logLoss + 0.011 + noise : null },
      calibration: ok ? "platt" : "none",
      validations: Array.from({ length: ok ? 12 : 3 }, (_, index) => ({
        step: 100 * (index + 1),
        loss: 0.7 - 0.02 * index,
        logLoss: ok || index < 2 ? logLoss + 0.02 + 0.16 * Math.exp(-index / 2) + 0.0002 * index ** 2 + noise : null,
        auc: auc - 0.1 * Math.exp(-index / 2) + noise,
      })),
      stopped: ok ? "no gain in 4 validations" : null,
      steps: ok ? 1200 : null,
    };
  });
  const over = (value: (cell: ReportCell) => number | null): Summary =>
    summary(cells.map(value).filter((found): found is number => found !== null));
  return {
    name,
    model: name,
    set: [],
    parameters,
    cells,
    indicators: indicatorsOf((indicator) => over((cell) => cell.indicators[indicator])),
    relaImpr: { auc: name === "embedding-mlp" ? null : ((auc - 0.5) / (0.8519 - 0.5) - 1) * 100, gauc: null },
    slices: slicesOf(({ shift }) => ({
      auc: over(({ indicators }) => (indicators.auc === null || shift === null ? null : indicators.auc + shift)),
      gauc: summary([]),
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

function indicatorsOf<Value>(value: (indicator: Indicator) => Value): Indicators<Value> {
  return {
    auc: value("auc"),
    gauc: value("gauc"),
    logLoss: value("logLoss"),
    prAuc: value("prAuc"),
    accuracy: value("accuracy"),
    ece: value("ece"),
    hitRate10: value("hitRate10"),
    ndcg10: value("ndcg10"),
    mrr: value("mrr"),
    coverage10: value("coverage10"),
  };
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

interface ComparisonOptions {
  indicator: "auc" | "logLoss" | "hitRate10";
  alike: boolean;
}

function comparison(first: ReportLine, second: ReportLine, { indicator, alike }: ComparisonOptions): Comparison {
  const difference = first.indicators[indicator].mean! - second.indicators[indicator].mean!;
  const half = alike ? Math.abs(difference) * 2 + 0.0004 : Math.min(0.0031, Math.abs(difference) * 0.7);
  const better = difference > 0 === (INDICATORS[indicator] === "higher");
  const verdict = alike ? "cannot be told apart" : better ? "better" : "worse";
  const middle = alike
    ? `${first.name} and ${second.name} cannot be told apart`
    : `${first.name} is ${verdict} than ${second.name}`;
  return {
    first: first.name,
    second: second.name,
    indicator,
    difference,
    interval: [difference - half, difference + half],
    agreement: alike ? 0.71 : 0.998,
    p: alike ? 0.58 : 0.004,
    verdict,
    sentence: `${middle} in ${indicator}: ${difference.toFixed(4)} (${(difference - half).toFixed(4)} to ${(difference + half).toFixed(4)}).`,
  };
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
        indicators: indicatorsOf(() => null),
        uncalibrated: { ece: null, logLoss: null },
        validations: [],
        stopped: null,
        steps: null,
      })),
      indicators: indicatorsOf(() => none),
      relaImpr: { auc: null, gauc: null },
      slices: slicesOf(() => ({ auc: none, gauc: none, logLoss: none })),
      reliability: { before: [], after: [] },
    }),
  );
  const [first, second] = [lines[0]!.name, lines[1]!.name];
  const undefinedPair: Comparison = {
    first,
    second,
    indicator: "auc",
    difference: null,
    interval: null,
    agreement: null,
    p: null,
    verdict: "undefined",
    sentence: `${first} and ${second} cannot be compared: neither has an AUC.`,
  };
  return {
    ...report,
    title: "2 models on movielens",
    lines,
    best: null,
    comparisons: [undefinedPair],
    times: { ...report.times, lines: {} },
  };
}

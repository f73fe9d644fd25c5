import type { CalibrationBin, Summary } from "../../metrics/index.js";
import type { SliceName } from "../../training/index.js";

export const REPORT_FORMAT = "mmdin-compare";
export const REPORT_VERSION = 1;

/** What is measured of a model, with the direction that is better. */
export const INDICATORS = {
  auc: "higher",
  gauc: "higher",
  logLoss: "lower",
  prAuc: "higher",
  accuracy: "higher",
  ece: "lower",
  hitRate10: "higher",
  ndcg10: "higher",
  mrr: "higher",
  coverage10: "higher",
} as const satisfies Record<string, "higher" | "lower">;
export type Indicator = keyof typeof INDICATORS;

/** The indicators of one cell, or their means over seeds: null is undefined (one class, no candidates). */
export type Indicators<Value> = Record<Indicator, Value>;

/** One model with its options, trained once per seed. */
export interface ReportLine {
  name: string;
  model: string;
  /** Options over the model's defaults, the tuned ones included. */
  set: string[];
  /** Number of weights; null where no cell was finished. */
  parameters: number | null;
  cells: ReportCell[];
  /** Mean, spread and 95 % interval over the seeds that were finished. */
  indicators: Indicators<Summary>;
  /** DIN's RelaImpr against the base, in per cent: ((AUC - .5) / (AUC of the base - .5) - 1) * 100; null for the base itself. */
  relaImpr: { auc: number | null; gauc: number | null };
  slices: Record<SliceName, { rows: number; positives: number; auc: Summary; gauc: Summary; logLoss: Summary }>;
  /** Reliability on test, of all seeds together: before calibration and after. */
  reliability: { before: CalibrationBin[]; after: CalibrationBin[] };
  /** What was tried on validation before the seeds were run; empty without tuning. */
  trials: ReportTrial[];
}

export interface ReportCell {
  seed: number;
  state: "finished" | "failed";
  /** What went wrong, where it failed. */
  error: string | null;
  indicators: Indicators<number | null>;
  /** ECE and log-loss on test before calibration. */
  uncalibrated: { ece: number | null; logLoss: number | null };
  /** How probabilities were mended on validation. */
  calibration: string;
  /** Log-loss and AUC of every validation, in order of steps. */
  validations: { step: number; loss: number | null; logLoss: number | null; auc: number | null }[];
  stopped: string | null;
  steps: number | null;
}

export interface ReportTrial {
  set: string[];
  /** Log-loss on validation; null where the trial failed. */
  value: number | null;
  error: string | null;
  chosen: boolean;
}

/** One model beside another on the same test rows: the luck of people and of seeds. */
export interface Comparison {
  first: string;
  second: string;
  indicator: "auc" | "gauc" | "logLoss" | "hitRate10";
  /** first - second, means over seeds. */
  difference: number | null;
  /** 95 % interval; simultaneous over the comparisons of this family (Bonferroni). */
  interval: [number, number] | null;
  /** Share of draws of people whose difference has the same sign. */
  agreement: number | null;
  /** Two-sided p, multiplied by the number of comparisons (Bonferroni). */
  p: number | null;
  verdict: "better" | "worse" | "cannot be told apart" | "undefined";
  /** The plain sentence. */
  sentence: string;
}

/** report.json. Everything that a clock says is in `times`: two runs of the same plan differ there alone. */
export interface CompareReport {
  format: typeof REPORT_FORMAT;
  version: number;
  kind: "compare" | "ablate";
  title: string;
  mmdin: string;
  dataset: {
    name: string;
    hash: string;
    /** Rows and share of positives of each split. */
    splits: Record<"train" | "valid" | "test", { rows: number; positives: number }>;
    /** People in test. */
    users: number;
    /** Fixed candidates beside the positive; null where the dataset has none. */
    negatives: number | null;
  };
  plan: {
    seeds: number[];
    /** Options given to every line. */
    set: string[];
    /** Which features the neural models were given: `own` defaults, `all`, those of `textbook`s, or some by name. */
    features: "own" | "all" | "textbook" | Record<string, unknown>;
    threads: number;
    /** Line that RelaImpr is relative to. */
    base: string;
    tuning: { trials: number; seed: number; space: Record<string, unknown[]> } | null;
  };
  /** In the order of mean test AUC, best first; in an ablation, in the order of the ladder. */
  lines: ReportLine[];
  /** Which line the others are compared with (`comparisons`), and in an ablation each step with the one before. */
  best: string | null;
  comparisons: Comparison[];
  /** What to know before trusting the table: undefined slices, failed cells, one user, no cold items ... */
  notes: string[];
  times: {
    created: string;
    machine: string;
    seconds: number;
    lines: Record<string, { secondsPerRun: number | null; rowsPerSecond: number | null }>;
  };
}

/**
 * What the pages about a model ask for: how it was trained, how well it does, what it was compared with, and a training that is under
 * way. Plain data, over HTTP as JSON. Nothing here needs Node.
 */
/** A mean with its 95 % interval; null where it is not defined. */
export interface Estimate {
  value: number | null;
  interval: [number, number] | null;
}

/** One validation during training. */
export interface ValidationPoint {
  epoch: number;
  step: number;
  /** Mean training loss since the validation before; null for a model that counts. */
  loss: number | null;
  logLoss: number | null;
  auc: number | null;
  gauc: number | null;
  learningRate: number;
  /** Whether it was the best so far. */
  best: boolean;
}

/** One field of the records that items are made of. */
export interface ItemField {
  name: string;
  /** What it is for: `text` is read by an encoder of texts, `other` by an expression of several kinds or by none. */
  role: "id" | "title" | "picture" | "text" | "category" | "number" | "other";
  type: "text" | "number" | "list" | "other";
}

/** GET /v1/model/training: what the model was trained on, when, with which options, and how it went. */
export interface ModelTraining {
  run: string;
  model: string;
  created: string;
  /** "training" where it was stopped from outside: the weights are the best until then. */
  state: "training" | "finished";
  dataset: { name: string; hash: string };
  /** Of what trained it. */
  versions: { mmdin: string; node: string; onnxruntime: string };
  threads: number;
  device: string;
  parameters: number;
  /** Every option of the run, defaults filled in. */
  options: Record<string, unknown>;
  result: {
    stopped: "early" | "epochs" | "asked" | "counted";
    epochs: number;
    steps: number;
    seconds: number;
    rowsPerSecond: number | null;
  } | null;
  best: ValidationPoint | null;
  /** What became of the logits, and the error on validation before and after. */
  calibration: {
    kind: string;
    before: { logLoss: number | null; ece: number | null } | null;
    after: { logLoss: number | null; ece: number | null };
  } | null;
  validations: ValidationPoint[];
  itemFields: ItemField[];
}

/** Rows of neighbouring predictions. */
export interface ReliabilityBin {
  rows: number;
  /** Mean predicted probability. */
  probability: number;
  /** Share of positives. */
  rate: number;
}

export interface SliceMeasure {
  /** As `evaluate` names it, in words. */
  name: string;
  rows: number;
  positives: number;
  auc: Estimate;
  logLoss: number | null;
}

/** How a model does on the test slice of its dataset. */
export interface MeasuredModel {
  split: "test";
  rows: number;
  positives: number;
  /** People, who are what the intervals are drawn from. */
  people: number;
  auc: Estimate;
  gauc: Estimate;
  logLoss: Estimate;
  prAuc: number | null;
  accuracy: number | null;
  ece: number | null;
  /** AUC on items without an event in training: of the model, and by counting events so far. */
  coldItems: { model: number | null; popularity: number | null };
  reliability: { kind: string; before: ReliabilityBin[]; after: ReliabilityBin[] };
  slices: SliceMeasure[];
  /** What measuring took. */
  seconds: number;
}

/** GET /v1/model/evaluation: measured once, where the dataset of the run is at hand; asked again until it is there. */
export type ModelEvaluation =
  | { state: "measuring"; done: number; total: number | null }
  | { state: "measured"; measured: MeasuredModel }
  /** The dataset is not at hand, or measuring failed: why. */
  | { state: "missing"; reason: string };

/** One model of a comparison, over its seeds. */
export interface ComparedModel {
  name: string;
  model: string;
  parameters: number | null;
  seeds: number;
  auc: Estimate;
  gauc: Estimate;
  logLoss: Estimate;
  ece: Estimate;
  secondsPerRun: number | null;
}

/** GET /v1/model/comparison: the report of `mmdin compare` or `mmdin ablate` that the server was given; 404 without. */
export interface ModelComparison {
  kind: "compare" | "ablate";
  title: string;
  created: string;
  dataset: { name: string; hash: string };
  /** Whether it is the dataset of the model that is served. */
  sameDataset: boolean;
  /** Who wins, by how much, and whether it is luck. */
  lead: string;
  sentences: string[];
  lines: ComparedModel[];
  best: string | null;
  /** AUC of one line beside another. */
  differences: { first: string; second: string; auc: Estimate; verdict: string; sentence: string }[];
  notes: string[];
}

/** One model of a training that is watched. */
export interface WatchedRun {
  model: string;
  state: "running" | "ended";
  /** Seconds since the watch began. */
  began: number;
  /** Mean loss of a step, and training rows per second, as they came; thinned out where there are many. */
  steps: { second: number; loss: number; rowsPerSecond: number | null }[];
  validations: (ValidationPoint & { second: number })[];
  /** In words: "stopped early after 5 epochs, 2 min 12 s". */
  ending: string | null;
}

/** GET /v1/training, and each `state` of GET /v1/training/events (server-sent events). */
export interface TrainingState {
  state: "running" | "ended" | "failed";
  started: string;
  /** Seconds since then. */
  second: number;
  /** What is being done. */
  phase: string;
  done: number;
  total: number | null;
  unit: string;
  runs: WatchedRun[];
  /** What went wrong, where it failed. */
  problem: string | null;
  /** Whether a server with the trained model will answer at this address when it has ended. */
  servedNext: boolean;
  /** The run folder, once everything has ended well. */
  run: string | null;
}

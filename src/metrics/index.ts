export { accuracy } from "./accuracy.js";
export { auc } from "./auc.js";
export { type BootstrapOptions, type PairedDifference, pairedBootstrap } from "./bootstrap.js";
export { type Calibration, type CalibrationBin, calibration } from "./calibration.js";
export {
  type CalibrationTrial,
  type ChosenCalibration,
  chooseCalibration,
} from "./choose-calibration.js";
export { coverage } from "./coverage.js";
export {
  GAUC_WEIGHTINGS,
  type Gauc,
  type GaucOptions,
  type GaucWeighting,
  type GroupAucs,
  gauc,
  groupAucs,
} from "./gauc.js";
export { hitRate } from "./hit-rate.js";
export { fitIsotonic, type IsotonicMap } from "./isotonic.js";
export { logLoss, logLossOfProbabilities, PROBABILITY_CLIP, rowLogLosses } from "./log-loss.js";
export {
  applyLogitMap,
  fitLogitMap,
  isotonicSegments,
  LOGIT_MAP_KINDS,
  type LogitMap,
  type LogitMapKind,
  logitMapFunction,
} from "./logit-map.js";
export { mrr } from "./mrr.js";
export { ndcg } from "./ndcg.js";
export { gather, type Scores, type SortedOption, type SortedRows, sortByScore } from "./order.js";
export { fitPlatt, type PlattScale } from "./platt.js";
export { prAuc } from "./pr-auc.js";
export { quantile } from "./quantile.js";
export { positiveRanks } from "./rank.js";
export { evaluateScores, type Metrics, type ScoredRows, type ScoreReport, type SliceReport } from "./report.js";
export { type Summary, studentQuantile, studentTail, summary } from "./summary.js";
export {
  type DenseGroups,
  denseGroups,
  type WeightedMetric,
  weightedAuc,
  weightedGauc,
  weightedMean,
} from "./weighted.js";

export { type AddItemsOptions, type AddItemsSummary, addItems } from "./add-items.js";
export type { ColdStart } from "./cold-start.js";
export { type EvaluateOptions, evaluate, score } from "./evaluate.js";
export type { Validation } from "./fit.js";
export { type LoadModelOptions, loadModel, type Model } from "./load-model.js";
export { type RunManifest, type RunResult, readRunManifest } from "./run-folder.js";
export type { Evaluation, RankingReport, ScoredSplit } from "./score-job.js";
export { SLICE_NAMES, type SliceName } from "./slices.js";
export { type TrainOptions, type TrainSummary, train } from "./train.js";

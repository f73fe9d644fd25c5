export type { Explanation, StepExplanation } from "./api/contract.js";
export type {
  Counters,
  Event,
  FeatureValue,
  HistoryStep,
  Item,
  Progress,
  ProgressUpdate,
  RankedItem,
  RankRequest,
  RankResponse,
} from "./contract.js";
export {
  type AuditCheck,
  type AuditExample,
  type AuditOptions,
  type AuditReport,
  type AuditWarning,
  audit,
  type Dataset,
  type Finding,
  type MissingLeak,
  type ModalityCoverage,
  openDataset,
  type PrepareOptions,
  type PrepareSummary,
  prepare,
  type Split,
} from "./data/index.js";
export { requestOfRow } from "./data/request-of-row.js";
export { type ErrorCode, type ErrorDetails, MmdinError } from "./errors.js";
export {
  type AblateOptions,
  ablate,
  type CellUpdate,
  type CompareOptions,
  type CompareReport,
  type Comparison,
  type ComparisonDone,
  compare,
  type Neighbour,
  type Neighbours,
  type NeighboursOptions,
  type NeighboursPage,
  neighbours,
  neighboursPage,
  type ReportLine,
  type ShownItem,
} from "./experiments/index.js";
export {
  type BundleInput,
  type BundleOutput,
  type ExportRunOptions,
  type ExportRunSummary,
  exportRun,
  type ParityResult,
} from "./export/index.js";
export type { EncodingReport } from "./modality/encode-contents.js";
export type { EncodedBy, Encoder, Features, Projection, ProjectionState, Unreadable } from "./modality/encoder.js";
export { modelNames } from "./models/registry.js";
export {
  type ExplainedItem,
  type LoadModelOptions,
  loadModel,
  type Model,
  type RunningServer,
  type ServeOptions,
  serve,
} from "./serving/index.js";
export {
  type AddItemsOptions,
  type AddItemsSummary,
  addItems,
  type EvaluatedCalibration,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type RunCalibration,
  type RunManifest,
  type ScoredSplit,
  score,
  type TrainOptions,
  type TrainSummary,
  train,
} from "./training/index.js";

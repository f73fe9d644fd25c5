export {
  type AuditCheck,
  type AuditExample,
  type AuditOptions,
  type AuditReport,
  type AuditWarning,
  audit,
  type CheckName,
  type Finding,
  refuseLeaks,
  type WarningName,
} from "./audit/index.js";
export { copyCatalogue, loadIds, openCatalogue } from "./catalogue-file.js";
export * from "./columns.js";
export { encodeCategory, encodeFeature, fitNormaliser, normalise } from "./features.js";
export { hasModality } from "./has-modality.js";
export { IdIndex } from "./id-index.js";
export type { MissingLeak } from "./missing-leak.js";
export type { ModalityCoverage } from "./modality-coverage.js";
export { openDataset, readDatasetManifest } from "./open.js";
export { DEFAULT_CACHE, type PrepareOptions, type PrepareSummary, prepare } from "./prepare.js";
export {
  addEvent,
  type CountedEvent,
  countValue,
  emptyCounters,
  meanValue,
  parseStatistic,
  rateValue,
  standardise,
  statisticValue,
} from "./statistics.js";
export type { DatasetSummary, SplitSummary } from "./summary.js";

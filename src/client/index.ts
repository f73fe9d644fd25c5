export type { BundleFile } from "../api/bundle-files.js";
export type {
  CandidateSource,
  CatalogueItem,
  Condition,
  Explanation,
  Filters,
  FindItems,
  FoundItems,
  ItemOrigin,
  ModelSummary,
  NewItem,
  Person,
  PutSummary,
  RankerAnswer,
  RankerResult,
  RankQuestion,
  RecommendQuestion,
  StepExplanation,
  UserHistory,
} from "../api/contract.js";
export type { Bytes, Ready } from "../api/operation-answers.js";
export type { Problem, ProblemCode, ProblemDetail } from "../api/problem.js";
export type {
  ComparedModel,
  Estimate,
  ItemField,
  MeasuredModel,
  ModelComparison,
  ModelEvaluation,
  ModelTraining,
  ReliabilityBin,
  SliceMeasure,
  TrainingState,
  ValidationPoint,
  WatchedRun,
} from "../api/training-contract.js";
export type { Counters, Event, FeatureValue, HistoryStep } from "../contract.js";
export { MmdinError } from "../errors.js";
export type { CallOptions, Client, ClientOptions, Deadline, PostedEvent } from "./client.js";
export { createClient } from "./create-client.js";
export { MmdinProblem } from "./mmdin-problem.js";

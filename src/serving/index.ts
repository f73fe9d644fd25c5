export type * from "../api/contract.js";
export { createRanker } from "./create-ranker.js";
export type { ExplainedCandidate } from "./explanation/explain-request.js";
export type { LogLevel, ServerOptions } from "./http/server-options.js";
export type { RunningServer, ServeOptions } from "./http/start-server.js";
export {
  type ExplainedItem,
  type LoadModelOptions,
  loadModel,
  type Model,
} from "./load-model.js";
export { MOST_EXPLAINED } from "./ranker/check-question.js";
export type { AskOptions, Ranker, RankerObserver, RankerOptions, RankerStatus } from "./ranker-contract.js";
export { serve } from "./serve.js";
export { eventsYaml } from "./state/events-yaml.js";
export { type ExportOptions, type ExportSummary, exportEvents } from "./state/export-events.js";
export { type LoadLogOptions, type LoadLogSummary, loadLog } from "./state/load-log.js";
export { openExistingStore, openStore } from "./state/open-store.js";
export type {
  AppendOptions,
  ItemToStore,
  StateStore,
  StoredItem,
  StoredUser,
  StoreLimits,
} from "./state/state-store.js";
export type { TrainingWatch, WatchOptions } from "./watch/watch-training.js";

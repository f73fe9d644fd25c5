export type { ExplainedCandidate } from "./explanation/explain-request.js";
export { type LoadModelOptions, loadModel, MOST_EXPLAINED, type Model } from "./load-model.js";
export type { ExplainedItem } from "./rank-worker.js";
export { eventsYaml } from "./state/events-yaml.js";
export { type ExportOptions, type ExportSummary, exportEvents } from "./state/export-events.js";
export { openExistingStore, openStore } from "./state/open-store.js";
export type { AppendOptions, StateStore, StoredItem, StoredUser, StoreLimits } from "./state/state-store.js";

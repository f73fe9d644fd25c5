export type * from "../api/contract.js";
export { createRanker } from "./create-ranker.js";
export { type LoadModelOptions, loadModel, type Model } from "./load-model.js";
export type { AskOptions, Ranker, RankerObserver, RankerOptions, RankerStatus } from "./ranker-contract.js";
export { eventsYaml } from "./state/events-yaml.js";
export { type ExportOptions, type ExportSummary, exportEvents } from "./state/export-events.js";
export { openExistingStore, openStore } from "./state/open-store.js";
export type { AppendOptions, StateStore, StoredItem, StoredUser, StoreLimits } from "./state/state-store.js";

export type { BundleInput } from "./bundle-feeds.js";
export type { BundleOutput } from "./export-graph.js";
export { type ExportRunOptions, type ExportRunSummary, exportRun } from "./export-run.js";
export type { ParityResult } from "./parity.js";

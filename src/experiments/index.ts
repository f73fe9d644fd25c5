export { type AblateOptions, ablate } from "./ablate.js";
export { attentionOnTruth } from "./attention-on-truth.js";
export { type CompareOptions, type ComparisonDone, compare } from "./compare/compare.js";
export type { CellUpdate } from "./compare/run-cells.js";
export { type DemoLine, type DemoObserver, type DemoOptions, type DemoSummary, demo } from "./demo.js";
export { type Neighbour, type Neighbours, type NeighboursOptions, neighbours, type ShownItem } from "./neighbours.js";
export { type NeighboursPage, neighboursPage } from "./neighbours-page.js";
export type { CompareReport, Comparison, ReportLine } from "./report/report.js";
export { type TestTruth, testTruth } from "./world-truth.js";

export { attentionOnTruth } from "./attention-on-truth.js";
export { type DemoLine, type DemoOptions, type DemoSummary, demo } from "./demo.js";
export { type TestTruth, testTruth } from "./world-truth.js";

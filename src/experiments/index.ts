export { type DemoLine, type DemoOptions, type DemoSummary, demo } from "./demo.js";

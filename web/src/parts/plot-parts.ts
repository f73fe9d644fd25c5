/** What the charts draw with, and no more of the library: it is loaded with the first chart. */
export { dot, line, plot, ruleX, ruleY } from "@observablehq/plot";

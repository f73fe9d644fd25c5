export { CandidateFinder, type CandidateFinderOptions, type CandidateQuestion } from "./candidate-finder.js";
export { type CompiledFilters, compileFilters, type FilterOptions } from "./compile-filters.js";
export { type CompiledCap, compileCap, type DiversifyOptions, diversify } from "./diversify.js";
export type { HistoryIndices } from "./history-weights.js";
export { type ItemVectorMaker, openItemVectors } from "./item-vectors.js";
export type { Candidate } from "./merge-sources.js";
export { openCandidateFinder } from "./open-candidate-finder.js";
export type { Observed } from "./popular.js";
export { type NamedItem, nameOf, type Reason, reasonOf } from "./reasons.js";

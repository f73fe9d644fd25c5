export { type AttentionRows, type AttentionShares, attentionShares } from "./attention-shares.js";
export { generateWorld, type WorldOptions, type WorldSummary } from "./generate-world.js";
export { RECIPE, type Recipe } from "./recipe.js";
export { readTruth, type TrueEvents, type TrueItem, type TruePerson, type Truth } from "./truth.js";
export { type EventKey, findTruthRows } from "./truth-rows.js";
export type { WorldCounts, WorldManifest } from "./world-manifest.js";
export type { Yardsticks } from "./yardsticks.js";

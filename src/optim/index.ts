export { type AdamOptions, adam } from "./adam.js";
export { clipGlobalNorm, type GradientPart, globalNorm } from "./clip.js";
export type {
  DecayOptions,
  DenseStep,
  Optimizer,
  OptimizerState,
  RowDecayOptions,
  RowOptimizer,
  RowStep,
} from "./optimizer.js";
export {
  constant,
  cosine,
  type Plateau,
  type PlateauOptions,
  type PlateauState,
  plateau,
  type Schedule,
  warmup,
} from "./schedule.js";
export { type SgdOptions, sgd, sparseSgd } from "./sgd.js";
export { type SparseAdamOptions, sparseAdam } from "./sparse-adam.js";
export { restoreStates, type SavedStates, saveStates } from "./state.js";

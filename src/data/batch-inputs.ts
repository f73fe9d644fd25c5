import type { DType, Shape } from "../graph/index.js";

/**
 * What a model can ask of a batch. Letters: B rows, T history steps, U distinct items, C_x distinct categories of modality x
 * and L_x the longest list of them, S_x distinct values of a category feature of the steps.
 */
export type BatchSource =
  /** int32 [B]: place of the row's candidate among the batch's distinct items. */
  | { from: "candidate" }
  /** int32 [B, T]: places of the history's items; 0 where there is no step (see `mask`). */
  | { from: "history" }
  /** [B, T]: 1 at real steps, 0 at padding. */
  | { from: "mask" }
  /** [B, 1]: number of real steps. */
  | { from: "historyLength" }
  /** [B, 1]: the label. */
  | { from: "label" }
  /** int32 [B, T]: log-bucketed age of the step at the time of the row; 0 is missing. */
  | { from: "age" }
  /** [B, S]: running statistics of the user, then of the item, standardised. */
  | { from: "statistics" }
  /** int32 [U, L_x] and [U, L_x]: a category modality's places among the batch's distinct codes, and 1/count (0 at padding). */
  | { from: "bagPlaces"; modality: string }
  | { from: "bagWeights"; modality: string }
  /** [U, 1]: a number modality, normalised, 0 where missing. [U, D]: a frozen vector, zeros where missing. */
  | { from: "itemNumber"; modality: string }
  | { from: "itemVector"; modality: string }
  /** [U, 1]: 1 where the item has the modality. */
  | { from: "present"; modality: string }
  /** int32 [B, T]: a category feature's places among the batch's distinct codes. */
  | { from: "stepPlaces"; feature: string }
  /** [B, T]: a number feature of the step, normalised (0 where missing), and whether it is there. */
  | { from: "stepNumber"; feature: string }
  | { from: "stepPresent"; feature: string }
  /** [B, 1]: a number feature of the context or of the user, and whether it is there. */
  | { from: "rowNumber"; of: "context" | "user"; feature: string }
  | { from: "rowPresent"; of: "context" | "user"; feature: string }
  /** A dropout mask: 0 with probability `rate`, else 1 / (1 - rate). */
  | { from: "dropout"; rate: number };

/** Sources that belong to the items alone. */
export const SOURCES_OF_ITEMS: ReadonlySet<BatchSource["from"]> = new Set([
  "bagPlaces",
  "bagWeights",
  "itemNumber",
  "itemVector",
  "present",
]);

/** Sources that belong to the steps of the history: [B, T ...], or [1, T ...] where all rows share one. */
export const SOURCES_OF_STEPS: ReadonlySet<BatchSource["from"]> = new Set([
  "history",
  "mask",
  "historyLength",
  "age",
  "stepPlaces",
  "stepNumber",
  "stepPresent",
]);

/** Those of them that say which steps of a history a row has: all that differs between rows that have one history, each some steps of it. */
export const SOURCES_OF_CHOICE: ReadonlySet<BatchSource["from"]> = new Set(["mask", "historyLength"]);

export type BatchInput = BatchSource & { name: string; shape: Shape; dtype: DType };

/** Rows of an embedding table that a batch touches: one per distinct item, category, step value, or one per row. */
export type TableSource =
  | { rowsOf: "items" } // [U, D]
  | { rowsOf: "bag"; modality: string } // [C_x, D]
  | { rowsOf: "step"; feature: string } // [S_x, D]
  | { rowsOf: "context" | "userFeature"; feature: string } // [B, D]
  | { rowsOf: "user" }; // [B, D]

/** Tables whose rows belong to the items alone. */
export const TABLES_OF_ITEMS: ReadonlySet<TableSource["rowsOf"]> = new Set(["items", "bag"]);

export type TableInput = TableSource & { name: string; letter: string };

/** What a model needs of every batch. */
export interface BatchPlan {
  inputs: BatchInput[];
  tables: TableInput[];
}

/** Buckets of age, log-spaced; 0 is missing. */
export const AGE_BUCKETS = 32;

/** Bucket of an age in seconds, or in ranks where there is only an order: 1 + floor(log2(age)), at least 1; 31 is 34 years. */
export function ageBucket(age: number): number {
  if (Number.isNaN(age)) return 0;
  return 1 + Math.min(AGE_BUCKETS - 2, Math.max(0, Math.floor(Math.log2(Math.max(1, age)))));
}

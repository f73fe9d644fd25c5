import type { Activation } from "./activation.js";

/** Half-open range of the joined vector of an item. */
export interface Range {
  start: number;
  end: number;
}

export interface AttentionHead {
  name: string;
  /** What the unit compares: a part of the candidate with a part (of the same width) of each history item. */
  query: Range;
  key: Range;
}

export type AttentionWeights = "linear" | "tanh" | "softmax";
export type Pooling = "sum" | "sqrt" | "mean";

export interface AttentionOptions {
  name: string;
  heads: readonly AttentionHead[];
  /** Hidden layers of every unit. */
  hidden: readonly number[];
  activation: Activation;
  weights: AttentionWeights;
  pool: Pooling;
  /** Dropout of the hidden units, one mask per row and unit, shared over the steps; default 0. */
  dropout?: number;
  /** Whether the pooled value of a step is its item alone, or its item and its behaviour; default false. */
  behaviourInValue?: boolean;
}

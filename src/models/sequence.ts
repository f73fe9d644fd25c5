import { z } from "zod";
import { add, concat, gather, type Tensor } from "../graph/index.js";
import { encodeBehaviour } from "../nn/behaviour.js";
import type { Builder } from "../nn/builder.js";
import { encodeItems } from "../nn/item-encoder.js";
import { linear } from "../nn/linear.js";
import { candidateOf, historyOf, lengthOf, maskOf } from "../nn/row-columns.js";
import { encodeRowFeatures, statisticsOf } from "../nn/row-features.js";
import { BEHAVIOUR_DIMENSION, networkOptions, textbookFeatures } from "./baseline-options.js";
import { chooseModalities, type ForwardContext } from "./model.js";

/** Options that models of a whole history share: textbook features, widths, the MLP on top. */
export const sequenceOptions = {
  ...textbookFeatures,
  dimension: networkOptions.dimension,
  width: z
    .int()
    .positive()
    .default(64)
    .describe("width of a step in self-attention; items whose modalities are not that wide go through a matrix"),
  mlp: networkOptions.mlp,
  // din's .001 would leave layer normalisation nothing but noise to stretch: some seeds then never learn.
  initialStd: networkOptions.initialStd.default(0.05),
};
export type SequenceOptions = z.infer<z.ZodObject<typeof sequenceOptions>>;

export interface EncodedSequence {
  /** [B, M D]: the modalities of the candidate, side by side. */
  candidate: Tensor;
  /** [B, d]: the candidate at the width of a step. */
  target: Tensor;
  /** [B, T, d]: the items of the history at that width. */
  items: Tensor;
  /** Event features of the steps and their ages, [B, T, W] each; null where there is none. */
  features: Tensor | null;
  age: Tensor | null;
  mask: Tensor;
  length: Tensor;
  /** What is known of the person and of the moment: [B, D] each. */
  row: Tensor[];
  /** [B, S] */
  statistics: Tensor | null;
}

/** Embeds a row, its candidate and its history. What belongs to items is computed once per distinct item of the batch. */
export function encodeSequence(
  builder: Builder,
  { catalogue, options }: ForwardContext<Omit<SequenceOptions, "mlp" | "history">>,
): EncodedSequence {
  const { dimension, width, initialStd: std } = options;
  const modalities = chooseModalities(catalogue, options.modalities);
  const { joined } = encodeItems(builder, catalogue, { dimension, modalities, std });
  const candidate = candidateOf(builder);
  const history = historyOf(builder);
  const narrow =
    joined.shape.at(-1) === width ? joined : linear(builder, joined, { name: "item", units: width, bias: false });
  const known = { dimension: BEHAVIOUR_DIMENSION, std };
  return {
    candidate: gather(joined, candidate),
    target: gather(narrow, candidate),
    items: gather(narrow, history),
    features: options.behaviour ? encodeBehaviour(builder, catalogue, { ...known, age: false }) : null,
    age: options.age ? encodeBehaviour(builder, catalogue, { ...known, age: true, features: [] }) : null,
    mask: maskOf(builder),
    length: lengthOf(builder),
    row: encodeRowFeatures(builder, catalogue, { dimension, std }),
    statistics: options.statistics ? statisticsOf(builder, catalogue) : null,
  };
}

/**
 * Items with what is known of their steps: W [item; known] = item + Wk known, where the item has gone through its part of W.
 * Shapes: [B, T, d].
 */
export function withKnown(builder: Builder, items: Tensor, known: readonly (Tensor | null)[]): Tensor {
  const parts = known.filter((part) => part !== null);
  if (parts.length === 0) return items;
  return add(items, linear(builder, concat(parts), { name: "step", units: Number(items.shape.at(-1)), bias: false }));
}

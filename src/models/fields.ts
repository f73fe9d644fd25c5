import { concat, gather, reshape, type Tensor } from "../graph/index.js";
import { encodeBehaviour } from "../nn/behaviour.js";
import type { Builder } from "../nn/builder.js";
import type { Initial } from "../nn/initial.js";
import { encodeItems } from "../nn/item-encoder.js";
import { linear } from "../nn/linear.js";
import { meanPool } from "../nn/mean-pool.js";
import { candidateOf, historyOf } from "../nn/row-columns.js";
import { encodeRowFeatures, statisticsOf } from "../nn/row-features.js";
import { type BaselineOptions, BEHAVIOUR_DIMENSION } from "./baseline-options.js";
import { chooseModalities, type ForwardContext } from "./model.js";

/** What a model without attention reads of a row. D is the width of an embedding, M the number of modalities. */
export interface Fields {
  /** User row, user features, context features: [B, D] each; what the dataset has. */
  row: Tensor[];
  /** [B, M D]: the modalities of the candidate, side by side. */
  candidate: Tensor;
  /** [B, M D]: the same modalities, each the mean over the real steps of the history; 0 where it is empty. */
  history: Tensor;
  /** [B, W]: the mean of what is known of the steps beside their items; null where that is nothing. */
  behaviour: Tensor | null;
  /** [B, S] */
  statistics: Tensor | null;
}

/** Embeds everything that the feature options ask for, the history pooled by its mean. */
export function encodeFields(
  builder: Builder,
  {
    catalogue,
    options,
    weights,
  }: ForwardContext<BaselineOptions> & {
    /** How the weights of numbers and vectors start; default Glorot's uniform. */
    weights?: Initial;
  },
): Fields {
  const { dimension, initialStd: std, age } = options;
  const modalities = chooseModalities(catalogue, options.modalities);
  const start = { std, ...(weights && { weights }) };
  const { joined } = encodeItems(builder, catalogue, { ...start, dimension, modalities });
  const history = historyOf(builder);
  const behaviour = encodeBehaviour(builder, catalogue, {
    ...start,
    dimension: BEHAVIOUR_DIMENSION,
    age,
    ...(!options.behaviour && { features: [] }),
  });
  return {
    row: encodeRowFeatures(builder, catalogue, { ...start, dimension }),
    candidate: gather(joined, candidateOf(builder)),
    history: meanPool(builder, gather(joined, history)),
    behaviour: behaviour && meanPool(builder, behaviour),
    statistics: options.statistics ? statisticsOf(builder, catalogue) : null,
  };
}

/** All fields and the statistics side by side, each as wide as it is: [B, n]. */
export function joinFields({ row, candidate, history, behaviour, statistics }: Fields): Tensor {
  return concat([...row, candidate, history, ...[behaviour, statistics].filter((part) => part !== null)]);
}

/**
 * All fields as vectors of one width, for models that multiply fields: [B, F, D]. Each modality is a field of the candidate and
 * one of the history. The behaviour and the statistics are not of width D: each goes through Linear(., D), and is one field.
 */
export function stackFields(
  builder: Builder,
  fields: Fields,
  { dimension, weights }: { dimension: number; weights?: Initial },
): Tensor {
  const { row, candidate, history, behaviour, statistics } = fields;
  const parts = [...row, candidate, history];
  const own = { units: dimension, ...(weights && { initial: weights }) };
  if (behaviour) parts.push(linear(builder, behaviour, { ...own, name: "field.behaviour" }));
  if (statistics) parts.push(linear(builder, statistics, { ...own, name: "field.statistics" }));
  const all = concat(parts);
  return reshape(all, ["copy", Number(all.shape[1]) / dimension, dimension]);
}

/** Stacked fields side by side: [B, F, D] -> [B, F D]. */
export const flattenFields = (fields: Tensor): Tensor =>
  reshape(fields, ["copy", Number(fields.shape[1]) * Number(fields.shape[2])]);

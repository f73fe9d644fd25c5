import { add } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { pairwiseSum } from "../nn/field-products.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { type BaselineOptions, baselineOptions, HIDDEN_IDS } from "./baseline-options.js";
import { encodeFields, flattenFields, stackFields } from "./fields.js";
import { firstOrder } from "./first-order.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

/**
 * DeepFM: a factorisation machine and an MLP over the same embeddings, logit = w . x + sum_{i < j} <v_i, v_j> + MLP(v) + b.
 *
 * Shapes: fields v [B, F, D] -> logits [B, 1].
 *
 * Guo et al., DeepFM: A Factorization-Machine based Neural Network for CTR Prediction (2017), https://arxiv.org/abs/1703.04247.
 * A field of several values (categories, the history) is one vector, their mean: products within a field are left out, as in the
 * public implementations. Behaviour and statistics, where they are read, are projected to the width D of a field. Numbers and
 * vectors start as small as the embeddings do: products of projections as wide as Glorot's would drown the rest from the start.
 */
export const deepfm: ModelDefinition<BaselineOptions> = {
  name: "deepfm",
  description: "a factorisation machine beside an MLP, on the same embeddings (arXiv 1703.04247)",
  options: baselineOptions,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<BaselineOptions>): ModelOutput {
    const { dimension, initialStd: std } = context.options;
    const weights = { kind: "normal", std } as const;
    const fields = stackFields(builder, encodeFields(builder, { ...context, weights }), { dimension, weights });
    const hidden = mlp(builder, flattenFields(fields), { name: "mlp", ...context.options.mlp });
    const deep = linear(builder, hidden, { name: "score", units: 1 });
    return { logits: add(add(firstOrder(builder, context), pairwiseSum(fields)), deep) };
  },
};

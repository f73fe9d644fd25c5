import { concat } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { innerProducts } from "../nn/field-products.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { type BaselineOptions, baselineOptions, HIDDEN_IDS } from "./baseline-options.js";
import { encodeFields, flattenFields, stackFields } from "./fields.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

/**
 * Product-based network with inner products (IPNN): the fields and the products of all pairs of them through an MLP,
 * logit = w . MLP([v_1 .. v_F, <v_i, v_j> for i < j]) + b.
 *
 * Shapes: fields [B, F, D], products [B, F (F - 1) / 2] -> logits [B, 1].
 *
 * Qu et al., Product-based Neural Networks for User Response Prediction (2016), https://arxiv.org/abs/1611.00144. The paper sums
 * over all ordered pairs and factorises their weights, for hundreds of fields; here there are some ten, each pair counts once
 * with a weight of its own, and the squares of the fields are left out. Behaviour and statistics, where they are read, are
 * projected to the width D of a field.
 */
export const pnn: ModelDefinition<BaselineOptions> = {
  name: "pnn",
  description: "product-based network with inner products, IPNN (arXiv 1611.00144)",
  options: baselineOptions,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<BaselineOptions>): ModelOutput {
    const fields = stackFields(builder, encodeFields(builder, context), context.options);
    const signals = concat([flattenFields(fields), innerProducts(fields)]);
    const hidden = mlp(builder, signals, { name: "mlp", ...context.options.mlp });
    return { logits: linear(builder, hidden, { name: "score", units: 1 }) };
  },
};

import { add } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { type BaselineOptions, baselineOptions, HIDDEN_IDS } from "./baseline-options.js";
import { encodeFields, joinFields } from "./fields.js";
import { firstOrder } from "./first-order.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

/**
 * Wide & Deep: the logit of `lr` plus that of `embedding-mlp`, trained together: logit = w . x + MLP(fields) + b.
 *
 * Shapes: fields [B, n] -> logits [B, 1].
 *
 * Cheng et al., Wide & Deep Learning for Recommender Systems (2016), https://arxiv.org/abs/1606.07792. Its cross-product features
 * (app installed x app shown) are chosen by hand for one dataset and need a table of pairs; they are left out, so that the wide
 * part is linear in what the other models read too. Adam trains both parts, where the paper takes FTRL with L1 for the wide
 * one and AdaGrad for the deep one.
 */
export const wideDeep: ModelDefinition<BaselineOptions> = {
  name: "wide-deep",
  description: "Wide & Deep (arXiv 1606.07792), without hand-made cross-products",
  options: baselineOptions,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<BaselineOptions>): ModelOutput {
    const hidden = mlp(builder, joinFields(encodeFields(builder, context)), { name: "mlp", ...context.options.mlp });
    const deep = linear(builder, hidden, { name: "score", units: 1 });
    return { logits: add(firstOrder(builder, context), deep) };
  },
};

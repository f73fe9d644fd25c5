import type { Builder } from "../nn/builder.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { type BaselineOptions, baselineOptions, HIDDEN_IDS } from "./baseline-options.js";
import { encodeFields, joinFields } from "./fields.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

/**
 * Embeddings and an MLP, DIN's BaseModel: [user, context, candidate, mean of the history] through an MLP 200-80 gives the logit.
 *
 * Shapes: fields [B, n] -> logits [B, 1]. `din` without its attention: whatever is read, the history is the same vector for
 * every candidate.
 *
 * Zhou et al., Deep Interest Network for Click-Through Rate Prediction (2018), section 4.2, https://arxiv.org/abs/1706.06978.
 * The paper pools by the sum or the mean; here it is the mean, whose size does not grow with the history. Dice, one logit and
 * Adam as in our `din`.
 */
export const embeddingMlp: ModelDefinition<BaselineOptions> = {
  name: "embedding-mlp",
  description: "embeddings and an MLP over the mean of the history: the base model of DIN (arXiv 1706.06978)",
  options: baselineOptions,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<BaselineOptions>): ModelOutput {
    const hidden = mlp(builder, joinFields(encodeFields(builder, context)), { name: "mlp", ...context.options.mlp });
    return { logits: linear(builder, hidden, { name: "score", units: 1 }) };
  },
};

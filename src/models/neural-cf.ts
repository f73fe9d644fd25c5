import { concat, gather, mul, reduceSum, reshape, type Tensor } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { encodeItems } from "../nn/item-encoder.js";
import { linear } from "../nn/linear.js";
import { meanPool } from "../nn/mean-pool.js";
import { mlp } from "../nn/mlp.js";
import { candidateOf, historyOf } from "../nn/row-columns.js";
import { encodeUser } from "../nn/row-features.js";
import { type BaselineOptions, baselineOptions, HIDDEN_IDS } from "./baseline-options.js";
import { encodeFields, joinFields } from "./fields.js";
import { chooseModalities, type ForwardContext, type ModelDefinition, type ModelOutput } from "./model.js";

/**
 * Neural collaborative filtering (NeuMF): a product of user and item beside an MLP, logit = w . [p * q, MLP(fields)] + b.
 *
 * Shapes: p, q [B, D], fields [B, n] -> logits [B, 1]. q is the sum of the vectors of the candidate's modalities. p is the
 * user's row where the dataset embeds users (`users.embed`), else the mean of q over the history. The two parts have embeddings
 * of their own, as in the paper.
 *
 * He et al., Neural Collaborative Filtering (2017), https://arxiv.org/abs/1708.05031. The paper knows two ids and nothing else:
 * categories and content are added to q, and the MLP reads every field that the options ask for, the history among them, so that
 * all models are compared on the same features. Both parts are trained together from the start, not each alone before.
 */
export const neuralCf: ModelDefinition<BaselineOptions> = {
  name: "neural-cf",
  description: "neural collaborative filtering, NeuMF (arXiv 1708.05031)",
  options: baselineOptions,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<BaselineOptions>): ModelOutput {
    const fields = joinFields(encodeFields(builder, context));
    const deep = mlp(builder, fields, { name: "mlp", ...context.options.mlp });
    const product = factorise(builder, context);
    return { logits: linear(builder, concat([product, deep]), { name: "score", units: 1 }) };
  },
};

/** Generalised matrix factorisation: p * q, [B, D]. */
function factorise(builder: Builder, { catalogue, options }: ForwardContext<BaselineOptions>): Tensor {
  const { dimension, initialStd: std } = options;
  const modalities = chooseModalities(catalogue, options.modalities);
  const own = { dimension, std, prefix: "factor." };
  const { joined } = encodeItems(builder, catalogue, { ...own, modalities });
  const items = reduceSum(reshape(joined, ["copy", modalities.length, dimension]), { axes: [1] }); // [U, D]
  const history = historyOf(builder);
  const user = encodeUser(builder, catalogue, own) ?? meanPool(builder, gather(items, history));
  return mul(user, gather(items, candidateOf(builder)));
}

import { z } from "zod";
import { concat, gather, type Tensor } from "../graph/index.js";
import { attend } from "../nn/attention.js";
import { encodeBehaviour } from "../nn/behaviour.js";
import type { Builder } from "../nn/builder.js";
import { encodeItems } from "../nn/item-encoder.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { candidateOf, historyOf, lengthOf, maskOf } from "../nn/row-columns.js";
import { encodeRowFeatures, statisticsOf } from "../nn/row-features.js";
import { BEHAVIOUR_DIMENSION, HIDDEN_IDS, networkOptions, textbookFeatures } from "./baseline-options.js";
import { attentionOptions } from "./feature-options.js";
import { chooseModalities, type ForwardContext, type ModelDefinition, type ModelOutput } from "./model.js";

const options = z.strictObject({
  ...textbookFeatures,
  dimension: networkOptions.dimension,
  attention: z
    .strictObject({
      hidden: z.array(z.int().positive()).min(1).default([64]).describe("hidden layers of the activation unit"),
      activation: attentionOptions.activation.default("prelu"),
      weights: attentionOptions.weights.default("linear"),
      pool: attentionOptions.pool.default("sum"),
      dropout: z.number().min(0).lt(1).default(0).describe("dropout of the unit's hidden layers"),
      behaviourInValue: z
        .boolean()
        .default(true)
        .describe("whether the pooled interest carries the behaviour of its steps, where they have any"),
    })
    .prefault({}),
  mlp: networkOptions.mlp,
  initialStd: networkOptions.initialStd,
});
export type DinOptions = z.infer<typeof options>;

/**
 * Deep Interest Network: the embeddings of a history are pooled with weights that an activation unit gives them in view of
 * the candidate, v_U(A) = sum_j a(e_j, v_A) e_j; [user, context, candidate, v_U(A)] through an MLP 200-80 with Dice gives
 * the logit.
 *
 * Where steps carry behaviour (rating, age), the pooled interest carries it, too, as a side feature of the items.
 *
 * Textbook features by default: ids and categories, no statistics. Zhou et al., Deep Interest Network for Click-Through Rate
 * Prediction (2018), https://arxiv.org/abs/1706.06978. One logit and a sigmoid stand for its two-way softmax (the same model);
 * Adam stands for its SGD.
 */
export const din: ModelDefinition<DinOptions> = {
  name: "din",
  description: "Deep Interest Network (arXiv 1706.06978)",
  options,
  hiddenIds: HIDDEN_IDS,
  sharesHistory: true,
  forward(builder: Builder, { catalogue, options }: ForwardContext<DinOptions>): ModelOutput {
    const { dimension, initialStd: std } = options;
    const items = encodeItems(builder, catalogue, {
      dimension,
      modalities: chooseModalities(catalogue, options.modalities),
      std,
    });
    const candidate = gather(items.joined, candidateOf(builder));
    const behaviour = encodeBehaviour(builder, catalogue, {
      dimension: BEHAVIOUR_DIMENSION,
      age: options.age,
      std,
      ...(!options.behaviour && { features: [] }),
    });
    const whole = { start: 0, end: items.ranges.at(-1)!.end };
    const { interests, weights } = attend(
      builder,
      {
        query: candidate,
        items: items.joined,
        history: historyOf(builder),
        mask: maskOf(builder),
        length: lengthOf(builder),
        behaviour,
      },
      { name: "attention", heads: [{ name: "all", query: whole, key: whole }], ...options.attention },
    );
    const statistics = options.statistics ? statisticsOf(builder, catalogue) : null;
    const parts: Tensor[] = [...encodeRowFeatures(builder, catalogue, { dimension, std }), candidate];
    parts.push(...interests.map(({ value }) => value));
    if (statistics) parts.push(statistics);
    const logits = linear(builder, mlp(builder, concat(parts), { name: "mlp", ...options.mlp }), {
      name: "score",
      units: 1,
    });
    return { logits, attention: { heads: ["all"], weights } };
  },
};

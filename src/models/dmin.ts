import { z } from "zod";
import { concat, matmul, reshape, slice, type Tensor } from "../graph/index.js";
import { activationUnit } from "../nn/activation-unit.js";
import type { Builder } from "../nn/builder.js";
import { feedForward } from "../nn/feed-forward.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { selfAttention } from "../nn/self-attention.js";
import { transformerBlock } from "../nn/transformer-block.js";
import { HIDDEN_IDS } from "./baseline-options.js";
import { attentionOptions } from "./feature-options.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";
import { encodeSequence, sequenceOptions, withKnown } from "./sequence.js";

const options = z.strictObject({
  ...sequenceOptions,
  age: sequenceOptions.age.default(true),
  width: sequenceOptions.width.default(32),
  heads: z.int().positive().default(2).describe("interests, one per head of self-attention; they divide `width`"),
  refiner: z.boolean().default(true).describe("whether a transformer's block refines the history first"),
  transformer: z
    .strictObject({
      hidden: z.int().positive().default(64).describe("hidden units of every feed-forward"),
      activation: z.enum(["relu", "leaky"]).default("relu").describe("activation of every feed-forward"),
      dropout: z.number().min(0).lt(1).default(0).describe("dropout of what is added to a step"),
      norm: z.boolean().default(true).describe("layer normalisation after attention"),
    })
    .prefault({}),
  attention: z
    .strictObject({
      hidden: z.array(z.int().positive()).min(1).default([32]).describe("hidden layers of every activation unit"),
      activation: attentionOptions.activation.default("prelu"),
      weights: attentionOptions.weights.default("softmax"),
      pool: attentionOptions.pool.default("sum"),
      dropout: z.number().min(0).lt(1).default(0).describe("dropout of the units' hidden layers"),
    })
    .prefault({}),
});
export type DminOptions = z.infer<typeof options>;

/**
 * Deep Multi-Interest Network: self-attention refines the history; then every head of a second self-attention makes its own
 * sequence of it, y_h = s + FFN_h(s), s = LayerNorm_h(x + head_h Wo_h), and pools it by an activation unit of its own in view
 * of the candidate into interest v_h; [user, context, candidate, v_1 .. v_H] through an MLP 200-80 gives the logit.
 *
 * A step is its item plus Wk [event features]; its age, on by default, stands where the paper has an embedding of the position, in the
 * units.
 * An empty history gives v_h = 0 exactly. Steps look at later steps, too: all of them are over when the row is asked. No
 * auxiliary loss on the refined steps: the best rows of the open benchmark have it at 0 (BARS, https://openbenchmark.github.io/BARS;
 * its heads: 8 on Amazon Electronics, 2 on KuaiVideo; a head costs a feed-forward and a unit over every step, so the
 * default is 2, at a width of 32).
 *
 * Xiao et al., Deep Multi-Interest Network for Click-through Rate Prediction (CIKM 2020),
 * https://doi.org/10.1145/3340531.3412092
 */
export const dmin: ModelDefinition<DminOptions> = {
  name: "dmin",
  description: "Deep Multi-Interest Network (CIKM 2020)",
  options,
  hiddenIds: HIDDEN_IDS,
  agesArePositions: true,
  forward(builder: Builder, { catalogue, options }: ForwardContext<DminOptions>): ModelOutput {
    const { width, heads, transformer } = options;
    const block = { ...transformer, norm: transformer.norm ? "first" : "none" } as const;
    const encoded = encodeSequence(builder, { catalogue, options });
    const { candidate, target, items, features, age, mask, length, row, statistics } = encoded;
    let steps = withKnown(builder, items, [features]);
    if (options.refiner) {
      steps = transformerBlock(builder, { steps, mask, last: null }, { ...block, name: "refiner", heads }).steps;
    }
    const attended = selfAttention(builder, { steps, mask, last: null }, { name: "interests", heads }).steps;
    const names = Array.from({ length: heads }, (_, h) => `interest${h + 1}`);
    const interests = names.map((name, h) => {
      const found = reshape(slice(attended, { axis: 1, start: h, end: h + 1 }), ["copy", "rest", width / heads]);
      const initial = { kind: "glorot", fanIn: width / heads, fanOut: width } as const;
      const out = builder.parameter(`${name}.out.weight`, [width / heads, width], { initial });
      const keys = feedForward(builder, { ...block, name, width })(steps, matmul(found, out));
      const inputs = { query: target, keys, mask, length, beside: age };
      return activationUnit(builder, inputs, { ...options.attention, name: `${name}.unit` });
    });
    const parts: Tensor[] = [...row, candidate, ...interests.map(({ value }) => value)];
    if (statistics) parts.push(statistics);
    const hidden = mlp(builder, concat(parts), { name: "mlp", ...options.mlp });
    return {
      logits: linear(builder, hidden, { name: "score", units: 1 }),
      attention: { heads: names, weights: concat(interests.map(({ weights }) => weights)) },
    };
  },
};

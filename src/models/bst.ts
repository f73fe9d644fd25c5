import { z } from "zod";
import { add, concat, reshape, unsqueeze } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { type BlockOutput, transformerBlock } from "../nn/transformer-block.js";
import { HIDDEN_IDS } from "./baseline-options.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";
import { encodeSequence, sequenceOptions, withKnown } from "./sequence.js";

const options = z.strictObject({
  ...sequenceOptions,
  age: sequenceOptions.age.default(true),
  transformer: z
    .strictObject({
      blocks: z.int().positive().default(1).describe("blocks, one after the other"),
      heads: z.int().positive().default(4).describe("attention heads; they divide `width`"),
      hidden: z.int().positive().default(64).describe("hidden units of the feed-forward"),
      activation: z.enum(["relu", "leaky"]).default("leaky").describe("activation of the feed-forward"),
      dropout: z.number().min(0).lt(1).default(0).describe("dropout of what is added to a step"),
      norm: z.boolean().default(true).describe("layer normalisation after each sum"),
    })
    .prefault({}),
});
export type BstOptions = z.infer<typeof options>;

/**
 * Behavior Sequence Transformer: the history and, behind it, the candidate go through a transformer's block, where everybody
 * looks at everybody; [user, context, candidate, the candidate's place in the output] through an MLP 200-80 gives the logit.
 *
 * A step is its item plus Wk [event features, age]. The age is the paper's position, t(candidate) - t(step), in buckets of
 * powers of two: it belongs to the network and is on by default; without it the history is a set. The candidate has a learned
 * vector in their place. The paper joins the outputs of all places, of a history of fixed length; here histories are as long as
 * they are, and the candidate's place has seen them all. For an empty history the candidate looks at itself alone.
 *
 * Chen et al., Behavior Sequence Transformer for E-commerce Recommendation in Alibaba (2019), https://arxiv.org/abs/1905.06874.
 * Its blocks: 1; heads: 8; feed-forward with LeakyReLU; dropout .2. The widths are those of `din`, so that the two differ by
 * their attention; embeddings start at .05 instead of .001, which layer normalisation would only stretch.
 */
export const bst: ModelDefinition<BstOptions> = {
  name: "bst",
  description: "Behavior Sequence Transformer (arXiv 1905.06874)",
  options,
  hiddenIds: HIDDEN_IDS,
  agesArePositions: true,
  forward(builder: Builder, { catalogue, options }: ForwardContext<BstOptions>): ModelOutput {
    const { width } = options;
    const { candidate, target, items, features, age, mask, row, statistics } = encodeSequence(builder, {
      catalogue,
      options,
    });
    const initial = { kind: "normal", std: options.initialStd } as const;
    const place = builder.parameter("candidate.place", [width], { initial, decay: false });
    const { blocks, norm, ...block } = options.transformer;
    let sequence: BlockOutput = {
      steps: withKnown(builder, items, [features, age]),
      mask,
      last: unsqueeze(add(target, place), 1),
      weights: null,
    };
    for (let i = 0; i < blocks; i++) {
      const options = { ...block, name: `transformer.${i}`, norm: norm ? "both" : "none" } as const;
      sequence = transformerBlock(builder, sequence, options);
    }
    const seen = reshape(sequence.last!, ["copy", width]);
    const parts = [...row, candidate, seen, ...(statistics ? [statistics] : [])];
    const hidden = mlp(builder, concat(parts), { name: "mlp", ...options.mlp });
    const heads = Array.from({ length: block.heads }, (_, h) => `head${h + 1}`);
    return {
      logits: linear(builder, hidden, { name: "score", units: 1 }),
      attention: { heads, weights: sequence.weights! },
    };
  },
};

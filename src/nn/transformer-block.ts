import { matmul, reshape, type Tensor, transpose } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";
import { type FeedForwardOptions, feedForward } from "./feed-forward.js";
import { type Sequence, selfAttention } from "./self-attention.js";

export interface TransformerBlockOptions extends Omit<FeedForwardOptions, "width"> {
  heads: number;
}

/** A sequence after a block, and how its last element looked at the steps: [B, T, H], null where there is none. */
export type BlockOutput = Sequence & { weights: Tensor | null };

/**
 * A transformer's block: multi-head self-attention, whose heads are joined and go through Wo [d, d], then residual,
 * normalisation and feed-forward (see `feedForward`). What nobody asks of the result is not computed.
 *
 * Shapes: steps [B, T, d], last [B, 1, d], in and out. Vaswani et al., Attention Is All You Need (2017),
 * https://arxiv.org/abs/1706.03762
 */
export function transformerBlock(
  builder: Builder,
  sequence: Sequence,
  { heads, ...options }: TransformerBlockOptions,
): BlockOutput {
  const { name } = options;
  return builder.layer(name, () => {
    const width = widthOf(sequence.steps);
    const attended = selfAttention(builder, sequence, { name, heads });
    const initial = { kind: "glorot", fanIn: width, fanOut: width } as const;
    const out = builder.parameter(`${name}.out.weight`, [width, width], { initial });
    const forward = feedForward(builder, { ...options, width });
    /** [B, H, n, d / H] -> [B, n, d], through Wo. */
    const joined = (x: Tensor): Tensor => matmul(reshape(transpose(x, [0, 2, 1, 3]), ["copy", "copy", width]), out);
    return {
      mask: sequence.mask,
      steps: forward(sequence.steps, joined(attended.steps)),
      last: sequence.last && attended.last && forward(sequence.last, joined(attended.last)),
      weights: attended.weights,
    };
  });
}

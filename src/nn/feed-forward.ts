import { add, mul, relu, type Tensor } from "../graph/index.js";
import type { Builder } from "./builder.js";
import { layerNormOf } from "./layer-norm.js";
import { linearOf } from "./linear.js";

/** What follows attention in a transformer, on every element of a sequence alike. */
export interface FeedForwardOptions {
  name: string;
  /** Width of the elements. */
  width: number;
  /** Hidden units. */
  hidden: number;
  activation: "relu" | "leaky";
  /** Of both branches, one mask per row and unit, shared over the steps. */
  dropout: number;
  /** Layer normalisation after the first sum alone, after both, or after none. */
  norm: "first" | "both" | "none";
}

/**
 * The two sums of a transformer's block: s = N(x + D(a)), y = N(s + D(f(s W1 + b1) W2 + b2)), a what attention gives for x, D
 * dropout, N layer normalisation where asked for, f = max(0, u), or max(0, u) + .01 min(0, u). Weights are declared once; the
 * function that comes back may be used on several tensors [B, n, width].
 *
 * Vaswani et al., Attention Is All You Need (2017), sections 3.1 and 3.3, https://arxiv.org/abs/1706.03762
 */
export function feedForward(
  builder: Builder,
  { name, width, hidden, activation, dropout, norm }: FeedForwardOptions,
): (x: Tensor, attended: Tensor) => Tensor {
  return builder.layer(name, () => {
    const first = linearOf(builder, { name: `${name}.ffn.0`, width, units: hidden });
    const second = linearOf(builder, { name: `${name}.ffn.1`, width: hidden, units: width });
    const drop = (x: Tensor, at: string): Tensor =>
      builder.dropout(x, { name: `${name}.${at}`, rate: dropout, shape: ["B", 1, width] });
    const same = (x: Tensor): Tensor => x;
    const normFirst = norm === "none" ? same : layerNormOf(builder, { name: `${name}.norm.0`, width });
    const normSecond = norm === "both" ? layerNormOf(builder, { name: `${name}.norm.1`, width }) : same;
    const active = (x: Tensor): Tensor => (activation === "relu" ? relu(x) : add(mul(x, 0.01), mul(relu(x), 0.99)));
    return (x, attended) => {
      const s = normFirst(add(x, drop(attended, "attended")));
      return normSecond(add(s, drop(second(active(first(s))), "ffn")));
    };
  });
}

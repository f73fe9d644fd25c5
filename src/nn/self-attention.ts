import { MmdinError } from "../errors.js";
import {
  add,
  concat,
  constant,
  div,
  exp,
  expandLike,
  matmul,
  mul,
  reduceMax,
  reduceSum,
  relu,
  reshape,
  slice,
  stopGradient,
  sub,
  type Tensor,
  transpose,
} from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

/** Steps of which some are real, and at most one element more that always is: a history, and the candidate behind it. */
export interface Sequence {
  /** [B, T, d]. */
  steps: Tensor;
  /** [B, T]: 1 at real steps, 0 at padding. */
  mask: Tensor;
  /** [B, 1, d] or null. */
  last: Tensor | null;
}

export interface AttendedSequence {
  /** [B, H, T, d / H]: what each head gives at each step. What stands at padding means nothing. */
  steps: Tensor;
  /** [B, H, 1, d / H]: at the last element; null where there is none. */
  last: Tensor | null;
  /** [B, T, H]: how the last element looks at the steps, 0 at padding; what is missing to 1 is its look at itself. */
  weights: Tensor | null;
}

/**
 * Multi-head scaled dot-product self-attention: head h gives softmax(q k^T / sqrt(d / H)) v, with q = x Wq, k = x Wk, v = x Wv
 * cut into H parts, the softmax over the real elements of the sequence. No order is in it: what tells steps apart must be in x.
 *
 * Padding has no effect, to the last bit: it is out of the maximum and of both sums. A sequence without any real element gives
 * 0 exactly.
 *
 * Shapes: d is divided by H. Vaswani et al., Attention Is All You Need (2017), section 3.2, https://arxiv.org/abs/1706.03762
 */
export function selfAttention(
  builder: Builder,
  { steps, mask, last }: Sequence,
  { name, heads }: { name: string; heads: number },
): AttendedSequence {
  return builder.layer(name, () => {
    const width = widthOf(steps);
    if (width % heads !== 0) {
      throw new MmdinError("CONFIG", "attention heads do not divide the width", {
        where: name,
        expected: `a divisor of ${width}`,
        got: `${heads} heads`,
      });
    }
    const matrix = (of: string): Tensor =>
      builder.parameter(`${name}.${of}.weight`, [width, width], {
        initial: { kind: "glorot", fanIn: width, fanOut: width },
      });
    const [forQuery, forKey, forValue] = [matrix("query"), matrix("key"), matrix("value")];
    const scaled = mul(forQuery, 1 / Math.sqrt(width / heads));
    /** [B, n, d] -> [B, H, n, d / H]. */
    const cut = (x: Tensor): Tensor => transpose(reshape(x, ["copy", "copy", heads, width / heads]), [0, 2, 1, 3]);
    const real = reshape(mask, ["copy", 1, 1, "rest"]); // [B, 1, 1, T]
    const column = reshape(mask, ["copy", 1, "rest", 1]); // [B, 1, T, 1]
    const any = reduceMax(real, { axes: [3], keepDims: true });
    // One column more on every side: keys carry -1e30 at padding for queries that carry 1, values carry what is summed.
    const beside = (x: Tensor, more: Tensor): Tensor => concat([x, expandLike(more, slice(x, { start: 0, end: 1 }))]);
    const keys = beside(cut(matmul(steps, forKey)), mul(sub(column, 1), 1e30));
    const values = beside(mul(cut(matmul(steps, forValue)), column), column);
    const pooled = (e: Tensor): [values: Tensor, sum: Tensor] => {
      const both = matmul(e, values);
      const part = width / heads;
      return [slice(both, { start: 0, end: part }), slice(both, { start: part, end: part + 1 })];
    };
    const own = last && { key: cut(matmul(last, forKey)), value: cut(matmul(last, forValue)) };

    /** What queries [B, H, Q, d / H] find, e^(logit - shift) of every step, and the sum of it over real elements. */
    const find = (queries: Tensor): { found: Tensor; e: Tensor; sum: Tensor } => {
      const logits = matmul(beside(queries, constant(1)), keys, { transposeB: true }); // [B, H, Q, T]
      const top = reduceMax(logits, { axes: [3], keepDims: true });
      if (own === null) {
        const e = exp(sub(logits, stopGradient(mul(top, any))));
        const [weighted, sum] = pooled(e);
        const divisor = add(sum, sub(1, any)); // 1 where nothing is real
        return { found: div(weighted, divisor), e, sum: divisor };
      }
      const ownLogit = reduceSum(mul(queries, own.key), { axes: [3], keepDims: true });
      const shift = stopGradient(add(ownLogit, relu(sub(top, ownLogit))));
      const e = exp(sub(logits, shift));
      const ownE = exp(sub(ownLogit, shift));
      const [weighted, ofSteps] = pooled(e);
      const sum = add(ofSteps, ownE);
      return { found: div(add(weighted, mul(ownE, own.value)), sum), e, sum };
    };
    const atLast = last && find(cut(matmul(last, scaled)));
    const looks = atLast && transpose(mul(div(atLast.e, atLast.sum), real), [0, 3, 1, 2]); // [B, T, H, 1]
    return {
      steps: find(cut(matmul(steps, scaled))).found,
      last: atLast?.found ?? null,
      weights: looks && reshape(looks, ["copy", "copy", heads]),
    };
  });
}

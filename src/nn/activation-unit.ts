import { add, div, matmul, mul, reshape, slice, sub, type Tensor, transpose, unsqueeze } from "../graph/index.js";
import { type Activation, activatedProduct } from "./activation.js";
import { normaliseWeights, poolDivisor } from "./attention.js";
import type { AttentionWeights, Pooling } from "./attention-options.js";
import { type Builder, widthOf } from "./builder.js";

export interface ActivationUnitInputs {
  /** [B, d]: what the steps are compared with. */
  query: Tensor;
  /** [B, T, d]. */
  keys: Tensor;
  /** [B, T]. */
  mask: Tensor;
  /** [B, 1]: number of real steps. */
  length: Tensor;
  /** [B, T, W] or null: what the unit reads of a step beside its key. */
  beside: Tensor | null;
}

export interface ActivationUnitOptions {
  name: string;
  hidden: readonly number[];
  activation: Activation;
  weights: AttentionWeights;
  pool: Pooling;
  /** Of the hidden units, one mask per row and unit. */
  dropout: number;
}

/**
 * One activation unit of a Deep Interest Network, over keys that differ from row to row: a(q, k) = MLP([q, k, q - k, q * k,
 * beside]) -> one weight per step; v = pool over t of a_t k_t, 0 for an empty history. `attend` is the same over keys that
 * belong to items.
 *
 * Shapes: value [B, d], weights [B, T, 1], 0 at padding. Zhou et al., Deep Interest Network (2018), section 4.3,
 * https://arxiv.org/abs/1706.06978
 */
export function activationUnit(
  builder: Builder,
  { query, keys, mask, length, beside }: ActivationUnitInputs,
  { name, hidden, activation: kind, weights: shape, pool, dropout }: ActivationUnitOptions,
): { value: Tensor; weights: Tensor } {
  return builder.layer(name, () => {
    const width = widthOf(query);
    const [units] = hidden as [number];
    const fanIn = 4 * width + (beside === null ? 0 : widthOf(beside));
    const matrix = (at: string, from: number, to: number): Tensor =>
      builder.parameter(`${name}.${at}.weight`, [from, to], { initial: { kind: "glorot", fanIn: from, fanOut: to } });
    const bias = (at: string, to: number): Tensor =>
      builder.parameter(`${name}.${at}.bias`, [to], { initial: { kind: "constant", value: 0 } });
    // W [q; k; q - k; q * k; b] = (Wq + Wd) q + (Wk - Wd + Wp diag q) k + Wb b: one vector and one matrix per row.
    const weight = matrix("0", fanIn, units);
    const part = (index: number): Tensor => slice(weight, { axis: 0, start: index * width, end: (index + 1) * width });
    const ofQuery = add(matmul(query, add(part(0), part(2))), bias("0", units));
    const forKeys = add(sub(part(1), part(2)), mul(unsqueeze(query, 2), part(3))); // [B, d, units]
    const compared = add(matmul(keys, forKeys), unsqueeze(ofQuery, 1));
    const first = beside
      ? add(compared, matmul(beside, slice(weight, { axis: 0, start: 4 * width, end: fanIn })))
      : compared;
    const logits = hidden.reduce((x, from, layer) => {
      const at = `${name}.${layer}`;
      const next = layer === hidden.length - 1 ? "out" : `${layer + 1}`;
      const to = hidden[layer + 1] ?? 1;
      const drop = { name: at, rate: dropout, shape: ["B", 1, from] };
      const product = activatedProduct(builder, x, { name: at, kind, mask, weight: matrix(next, from, to), drop });
      return add(product, bias(next, to));
    }, first);
    const weights = normaliseWeights(logits, unsqueeze(mask, 2), { kind: shape, axis: 1 });
    const pooled = reshape(matmul(transpose(weights, [0, 2, 1]), keys), ["copy", width]);
    return { value: pool === "sum" ? pooled : div(pooled, poolDivisor(length, pool)), weights };
  });
}

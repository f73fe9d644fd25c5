import {
  add,
  concat,
  div,
  exp,
  gather,
  matmul,
  mul,
  pad,
  reduceMax,
  reduceSum,
  reshape,
  slice,
  sqrt,
  step,
  stopGradient,
  sub,
  type Tensor,
  tanh,
  transpose,
  unsqueeze,
} from "../graph/index.js";
import { activatedProduct } from "./activation.js";
import type { AttentionHead, AttentionOptions, AttentionWeights, Range } from "./attention-options.js";
import { type Builder, widthOf } from "./builder.js";
import { sharedLogits } from "./shared-history.js";
import { type FirstWeights, nextWeights, unitWeights } from "./unit-weights.js";

export interface AttentionInputs {
  /** [B, Q]: the candidates. */
  query: Tensor;
  /** [U, Q]: the distinct items. */
  items: Tensor;
  /** int32 [B, T]: places of the history's items. Where all rows share one history, [1, T]; then behaviour, too, and mask and length, unless each row has a choice of its steps. */
  history: Tensor;
  /** [B, T]. */
  mask: Tensor;
  /** [B, 1]: number of real steps. */
  length: Tensor;
  /** [B, T, W] or null. */
  behaviour: Tensor | null;
}

export interface AttentionOutputs {
  /** One pooled interest per head: [B, width of its key (+ W where the behaviour is in the value)]. */
  interests: { head: AttentionHead; value: Tensor }[];
  /** [B, T, H]: the weight of every step; 0 at padding. */
  weights: Tensor;
}

/**
 * Attention heads, each a DIN activation unit: a(q, k) = MLP([q, k, q - k, q * k, behaviour]) -> one weight per step;
 * interest v = pool over t of a_t k_t. An empty history gives v = 0 exactly.
 *
 * All heads run side by side. The first layer is split, exactly: W [q; k; q - k; q * k; b] = (Wq + Wd) q + (Wk - Wd) k +
 * Wp (q * k) + Wb b. The first product is made once per row, the second once per distinct item.
 *
 * Zhou et al., Deep Interest Network (2018), section 4.3, https://arxiv.org/abs/1706.06978. The paper pools a plain sum of
 * unnormalised weights (`linear`, `sum`); its code takes a softmax. Here a softmax over an empty history is 0, where the
 * public implementations average the padding.
 */
export function attend(builder: Builder, inputs: AttentionInputs, options: AttentionOptions): AttentionOutputs {
  const { name, heads, pool, behaviourInValue = false } = options;
  return builder.layer(name, () => {
    const keys = gather(inputs.items, inputs.history); // [B, T, Q]
    const units = unitWeights(builder, options, { behaviourWidth: inputs.behaviour ? widthOf(inputs.behaviour) : 0 });
    const weigh = inputs.history.shape[0] === 1 ? weighShared : weighOwn;
    const { weights, sum, beside, ofHead } = weigh(builder, { ...inputs, keys, units }, options);
    const divisor = pool === "sum" ? null : beside(poolDivisor(inputs.length, pool));
    const pooled = (values: Tensor): Tensor => (divisor ? div(sum(values), divisor) : sum(values));
    const items = pooled(keys);
    const behaviour = behaviourInValue && inputs.behaviour !== null ? pooled(inputs.behaviour) : null;
    const interests = heads.map((head, h) => {
      const item = slice(ofHead(items, h), head.key);
      return { head, value: behaviour === null ? item : concat([item, ofHead(behaviour, h)]) };
    });
    return { interests, weights };
  });
}

/** The weights of all steps, and sums of what lies at the steps with these weights, all heads at once. */
interface Weighed {
  weights: Tensor; // [B, T, H]
  sum(values: Tensor): Tensor;
  /** A value of each row, [B, 1], as it meets such a sum. */
  beside(row: Tensor): Tensor;
  /** The part of one head of such a sum: [B, n]. */
  ofHead(sums: Tensor, head: number): Tensor;
}
type WeighInputs = AttentionInputs & { keys: Tensor; units: FirstWeights };

function weighOwn(builder: Builder, inputs: WeighInputs, options: AttentionOptions): Weighed {
  const { mask, units } = inputs;
  const logits = unitLogits(builder, firstLayer(inputs, units, options.heads), { ...options, mask });
  const weights = normaliseWeights(logits, unsqueeze(mask, 2), { kind: options.weights, axis: 1 });
  const turned = transpose(weights, [0, 2, 1]); // [B, H, T]
  return {
    weights,
    sum: (values) => matmul(turned, values), // [B, H, n]
    beside: (row) => unsqueeze(row, 2),
    ofHead: (sums, h) => reshape(slice(sums, { axis: 1, start: h, end: h + 1 }), ["copy", widthOf(sums)]),
  };
}

/** The same where all rows share one history, or each has a choice of its steps: steps come first, rows last. */
function weighShared(builder: Builder, inputs: WeighInputs, options: AttentionOptions): Weighed {
  const { heads } = options;
  const logits = sharedLogits(builder, inputs, options); // [T, H, B]
  const real = unsqueeze(transpose(inputs.mask, [1, 0]), 1); // [T, 1, 1], or [T, 1, B]
  const weights = normaliseWeights(logits, real, { kind: options.weights, axis: 0 });
  const side = reshape(weights, ["copy", "rest"]); // [T, H B]
  return {
    weights: transpose(weights, [2, 0, 1]),
    sum: (values) => {
      const width = widthOf(values);
      const sums = matmul(side, reshape(values, ["rest", width]), { transposeA: true });
      return reshape(sums, [heads.length, "rest", width]); // [H, B, n]
    },
    beside: (row) => row,
    ofHead: (sums, h) => reshape(slice(sums, { axis: 0, start: h, end: h + 1 }), ["rest", widthOf(sums)]),
  };
}

/** A layer before its activation. */
interface FirstLayer {
  x: Tensor; // [B, T, H h]
  /** x W for W [H h, m], made from the parts that x is the sum of: none of them is as wide as x. */
  through(weight: Tensor): Tensor;
}

/** The first layer of all units, split as above. */
function firstLayer(
  { query, items, history, behaviour, keys }: AttentionInputs & { keys: Tensor },
  weights: FirstWeights,
  heads: readonly AttentionHead[],
): FirstLayer {
  const total = widthOf(query);
  const { bias } = weights;
  const forQuery = concat(weights.heads.map((unit, h) => placed(unit.query, heads[h]!.query, total))); // [Q, H h]
  const forKey = concat(weights.heads.map((unit, h) => placed(unit.key, heads[h]!.key, total)));
  const products = new Products(query, keys);
  const forProduct = heads.map((head, h) => products.place(head, weights.heads[h]!.product));
  const forBehaviour = weights.heads.flatMap((unit) => unit.behaviour ?? []);
  const [pairs, pairWeights] = products.finish(forProduct, behaviour, forBehaviour);
  const sum = (ofPairs: Tensor, ofKeys: Tensor, ofQuery: Tensor): Tensor =>
    add(add(matmul(pairs, ofPairs), gather(matmul(items, ofKeys), history)), unsqueeze(ofQuery, 1));
  return {
    x: sum(pairWeights, forKey, add(matmul(query, forQuery), bias)),
    through: (next) => {
      const ofQuery = add(matmul(query, matmul(forQuery, next)), matmul(unsqueeze(bias, 0), next));
      return sum(matmul(pairWeights, next), matmul(forKey, next), ofQuery);
    },
  };
}

/** Activations, further layers and the output of all units, side by side: [B, T, H units] -> [B, T, H]. */
function unitLogits(
  builder: Builder,
  { x: first, through }: FirstLayer,
  options: AttentionOptions & { mask: Tensor },
): Tensor {
  const { name, heads, hidden, activation: kind, mask, dropout = 0 } = options;
  return hidden.reduce((x, from, layer) => {
    const { weights, bias } = nextWeights(builder, options, layer);
    const blocks = weights.map((weight, h) =>
      placed(weight, { start: h * from, end: (h + 1) * from }, heads.length * from),
    );
    const at = `${name}.${layer}`;
    const drop = { name: at, rate: dropout, shape: ["B", 1, heads.length * from] };
    const product = { name: at, kind, mask, weight: concat(blocks), drop, ...(layer === 0 && { through }) };
    return add(activatedProduct(builder, x, product), bias);
  }, first);
}

/** A matrix for a part of the rows, as one for all of them. */
const placed = (weight: Tensor, { start, end }: Range, total: number): Tensor =>
  pad(weight, { axis: 0, before: start, after: total - end });

/** The products q * k that the heads need: one over the whole join, and one per pair of different ranges. */
class Products {
  readonly #query: Tensor;
  readonly #keys: Tensor;
  readonly #crossed: { query: Range; key: Range; at: number; part: Tensor }[] = [];
  #joined = false;
  #extra = 0;
  readonly #placements: { range: Range; crossed: boolean }[] = [];

  constructor(query: Tensor, keys: Tensor) {
    this.#query = query;
    this.#keys = keys;
  }

  /** Remembers where a head's product weights belong; the weights are placed by `finish`. */
  place({ query, key }: AttentionHead, weight: Tensor): Tensor {
    if (query.start === key.start) {
      this.#joined = true;
      this.#placements.push({ range: query, crossed: false });
      return weight;
    }
    const same = (a: Range, b: Range): boolean => a.start === b.start && a.end === b.end;
    let known = this.#crossed.find((pair) => same(pair.query, query) && same(pair.key, key));
    if (known === undefined) {
      const part = mul(unsqueeze(slice(this.#query, query), 1), slice(this.#keys, key));
      known = { query, key, at: this.#extra, part };
      this.#crossed.push(known);
      this.#extra += query.end - query.start;
    }
    this.#placements.push({ range: { start: known.at, end: known.at + query.end - query.start }, crossed: true });
    return weight;
  }

  /** [joined product, crossed products, behaviour] and the matrix that meets it: [B, T, n] and [n, H h]. */
  finish(weights: readonly Tensor[], behaviour: Tensor | null, forBehaviour: readonly Tensor[]): [Tensor, Tensor] {
    const joinedWidth = this.#joined ? widthOf(this.#query) : 0;
    const parts: Tensor[] = [];
    if (this.#joined) parts.push(mul(unsqueeze(this.#query, 1), this.#keys));
    for (const { part } of this.#crossed) parts.push(part);
    const total = joinedWidth + this.#extra;
    const columns = weights.map((weight, h) => {
      const { range, crossed } = this.#placements[h]!;
      const offset = crossed ? joinedWidth : 0;
      const column = placed(weight, { start: range.start + offset, end: range.end + offset }, total);
      return behaviour === null ? column : concat([column, forBehaviour[h]!], 0);
    });
    if (behaviour !== null) parts.push(behaviour);
    return [concat(parts), concat(columns)];
  }
}

/** Weights of the steps, which lie along `axis`; 0 at padding, where `real`, as wide as the logits or 1, is 0. */
export function normaliseWeights(
  logits: Tensor,
  real: Tensor,
  { kind, axis }: { kind: AttentionWeights; axis: number },
): Tensor {
  const over = { axes: [axis], keepDims: true };
  if (kind === "linear") return mul(logits, real);
  if (kind === "tanh") return mul(tanh(logits), real);
  // Padding is left out of the maximum and of the sum; where nothing is real the sum is 0, and 1 is put in its place.
  const low = mul(sub(real, 1), 1e30);
  const shift = stopGradient(mul(reduceMax(add(mul(logits, real), low), over), reduceMax(real, over)));
  const e = mul(exp(mul(sub(logits, shift), real)), real);
  const empty = sub(1, reduceMax(real, over));
  return div(e, add(reduceSum(e, over), empty));
}

/** [B, 1]: what the pooled sum is divided by; 1 for an empty history. */
export function poolDivisor(length: Tensor, pool: "sqrt" | "mean"): Tensor {
  const atLeastOne = add(length, sub(1, step(length)));
  return pool === "sqrt" ? sqrt(atLeastOne) : atLeastOne;
}

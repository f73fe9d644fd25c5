import {
  add,
  concat,
  constant,
  div,
  exp,
  expandLike,
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
import { type Activation, activatedProduct } from "./activation.js";
import { type Builder, widthOf } from "./builder.js";

/** Half-open range of the joined vector of an item. */
export interface Range {
  start: number;
  end: number;
}

export interface AttentionHead {
  name: string;
  /** What the unit compares: a part of the candidate with a part (of the same width) of each history item. */
  query: Range;
  key: Range;
}

export type AttentionWeights = "linear" | "tanh" | "softmax";
export type Pooling = "sum" | "sqrt" | "mean";

export interface AttentionOptions {
  name: string;
  heads: readonly AttentionHead[];
  /** Hidden layers of every unit. */
  hidden: readonly number[];
  activation: Activation;
  weights: AttentionWeights;
  pool: Pooling;
  /** Dropout of the hidden units, one mask per row and unit, shared over the steps; default 0. */
  dropout?: number;
  /** Whether the pooled value of a step is its item alone, or its item and its behaviour; default false. */
  behaviourInValue?: boolean;
}

export interface AttentionInputs {
  /** [B, Q]: the candidates. */
  query: Tensor;
  /** [U, Q]: the distinct items. */
  items: Tensor;
  /** int32 [B, T]: places of the history's items. Where all rows share one history, [1, T]; then mask, length and behaviour, too. */
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
    const shared = inputs.history.shape[0] === 1;
    const units = unitWeights(builder, inputs, options);
    const first = (shared ? sharedFirstLayer : firstLayer)({ ...inputs, keys }, units, heads);
    const logits = unitLogits(builder, first, { ...options, mask: inputs.mask });
    const weights = normaliseWeights(logits, inputs.mask, options.weights);
    const turned = transpose(weights, [0, 2, 1]); // [B, H, T]
    const divisor = pool === "sum" ? null : unsqueeze(poolDivisor(inputs.length, pool), 2);
    const pooled = (values: Tensor): Tensor => {
      const sum = matmul(turned, shared ? reshape(values, ["rest", widthOf(values)]) : values);
      return divisor ? div(sum, divisor) : sum;
    };
    const items = pooled(keys); // [B, H, Q]
    const behaviour = behaviourInValue && inputs.behaviour !== null ? pooled(inputs.behaviour) : null; // [B, H, W]
    const interests = heads.map((head, h) => {
      const item = slice(ofHead(items, h), head.key);
      return { head, value: behaviour === null ? item : concat([item, ofHead(behaviour, h)]) };
    });
    return { interests, weights };
  });
}

/** The part of one head: [B, H, n] -> [B, n]. */
const ofHead = (x: Tensor, head: number): Tensor =>
  reshape(slice(x, { axis: 1, start: head, end: head + 1 }), ["copy", widthOf(x)]);

/** A layer before its activation. */
interface FirstLayer {
  x: Tensor; // [B, T, H h]
  /** x W for W [H h, m], made from the parts that x is the sum of: none of them is as wide as x. */
  through(weight: Tensor): Tensor;
}

/** Weights of the first layer, split as above; those of the products and of the behaviour by head. */
interface UnitWeights {
  query: Tensor; // [Q, H h]
  key: Tensor; // [Q, H h]
  products: Tensor[]; // [width of the head, h]
  behaviour: Tensor[]; // [W, h]; empty where steps have none
  bias: Tensor; // [H h]
}

function unitWeights(builder: Builder, { query, behaviour }: AttentionInputs, options: AttentionOptions): UnitWeights {
  const { name, heads, hidden } = options;
  const total = widthOf(query);
  const units = hidden[0]!;
  const behaviourWidth = behaviour === null ? 0 : widthOf(behaviour);
  const forQuery: Tensor[] = [];
  const forKey: Tensor[] = [];
  const products: Tensor[] = [];
  const forBehaviour: Tensor[] = [];
  for (const head of heads) {
    const width = head.query.end - head.query.start;
    const fanIn = 4 * width + behaviourWidth;
    const weight = builder.parameter(`${name}.${head.name}.0.weight`, [fanIn, units], {
      initial: { kind: "glorot", fanIn, fanOut: units },
    });
    const part = (index: number): Tensor => slice(weight, { axis: 0, start: index * width, end: (index + 1) * width });
    const [q, k, difference, product] = [part(0), part(1), part(2), part(3)];
    forQuery.push(placed(add(q, difference), head.query, total));
    forKey.push(placed(sub(k, difference), head.key, total));
    products.push(product);
    if (behaviourWidth > 0) forBehaviour.push(slice(weight, { axis: 0, start: 4 * width, end: fanIn }));
  }
  const bias = builder.parameter(`${name}.0.bias`, [heads.length * units], { initial: { kind: "constant", value: 0 } });
  return { query: concat(forQuery), key: concat(forKey), products, behaviour: forBehaviour, bias };
}

/** The first layer of all units, split as above. */
function firstLayer(
  { query, items, history, behaviour, keys }: AttentionInputs & { keys: Tensor },
  weights: UnitWeights,
  heads: readonly AttentionHead[],
): FirstLayer {
  const products = new Products(query, keys);
  const forProduct = heads.map((head, h) => products.place(head, weights.products[h]!));
  const [pairs, pairWeights] = products.finish(forProduct, behaviour, weights.behaviour);
  const sum = (ofPairs: Tensor, ofKeys: Tensor, ofQuery: Tensor): Tensor =>
    add(add(matmul(pairs, ofPairs), gather(matmul(items, ofKeys), history)), unsqueeze(ofQuery, 1));
  return {
    x: sum(pairWeights, weights.key, add(matmul(query, weights.query), weights.bias)),
    through: (next) => {
      const ofQuery = add(matmul(query, matmul(weights.query, next)), matmul(unsqueeze(weights.bias, 0), next));
      return sum(matmul(pairWeights, next), matmul(weights.key, next), ofQuery);
    },
  };
}

/**
 * The same where all rows share one history: then the layer is one product, [q; 1] M, with a matrix of the history's own,
 * M_t = [Wp diag(k_t) + Wq + Wd; (Wk - Wd) k_t + Wb b_t + bias], and nothing is made for each pair of row and step but its result.
 */
function sharedFirstLayer(
  { query, behaviour, keys }: AttentionInputs & { keys: Tensor },
  weights: UnitWeights,
  heads: readonly AttentionHead[],
): FirstLayer {
  const total = widthOf(query);
  const width = widthOf(weights.query);
  const flat = reshape(keys, ["rest", total]); // [T, Q]
  const diagonal = (of: Range, weight: Tensor): Tensor =>
    mul(unsqueeze(transpose(slice(flat, of), [1, 0]), 2), unsqueeze(weight, 1)); // [width, T, n]
  const crossed = heads.some((head) => head.query.start !== head.key.start);
  const ofProducts = crossed
    ? concat(heads.map((head, h) => placed(diagonal(head.key, weights.products[h]!), head.query, total)))
    : diagonal(
        { start: 0, end: total },
        concat(heads.map((head, h) => placed(weights.products[h]!, head.query, total))),
      );
  const ofQuery = add(ofProducts, unsqueeze(weights.query, 1)); // [Q, T, H h]
  const ofKeys = add(matmul(keys, weights.key), weights.bias); // [1, T, H h]
  const own = behaviour === null ? ofKeys : add(ofKeys, matmul(behaviour, concat(weights.behaviour)));
  const matrix = concat([ofQuery, own], 0); // [Q + 1, T, H h]
  const one = expandLike(constant(1), slice(query, { start: 0, end: 1 }));
  const times = (m: Tensor, n: number): Tensor =>
    reshape(matmul(concat([query, one]), reshape(m, ["copy", "rest"])), ["copy", "rest", n]);
  return {
    x: times(matrix, width),
    through: (next) => times(matmul(matrix, next), widthOf(next)),
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
    const units = hidden[layer + 1] ?? 1;
    const next = units === 1 && layer === hidden.length - 1 ? `${name}.out` : `${name}.${layer + 1}`;
    const blocks = heads.map((head, h) => {
      const weight = builder.parameter(`${next}.${head.name}.weight`, [from, units], {
        initial: { kind: "glorot", fanIn: from, fanOut: units },
      });
      return placed(weight, { start: h * from, end: (h + 1) * from }, heads.length * from);
    });
    const bias = builder.parameter(`${next}.bias`, [heads.length * units], { initial: { kind: "constant", value: 0 } });
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

/** Weights of the steps, 0 at padding. */
export function normaliseWeights(logits: Tensor, mask: Tensor, kind: AttentionWeights): Tensor {
  const real = unsqueeze(mask, 2);
  if (kind === "linear") return mul(logits, real);
  if (kind === "tanh") return mul(tanh(logits), real);
  // Padding is left out of the maximum and of the sum; where nothing is real the sum is 0, and 1 is put in its place.
  const low = mul(sub(real, 1), 1e30);
  const shift = stopGradient(
    mul(
      reduceMax(add(mul(logits, real), low), { axes: [1], keepDims: true }),
      reduceMax(real, { axes: [1], keepDims: true }),
    ),
  );
  const e = mul(exp(mul(sub(logits, shift), real)), real);
  const empty = sub(1, reduceMax(real, { axes: [1], keepDims: true }));
  return div(e, add(reduceSum(e, { axes: [1], keepDims: true }), empty));
}

/** [B, 1]: what the pooled sum is divided by; 1 for an empty history. */
export function poolDivisor(length: Tensor, pool: "sqrt" | "mean"): Tensor {
  const atLeastOne = add(length, sub(1, step(length)));
  return pool === "sqrt" ? sqrt(atLeastOne) : atLeastOne;
}

import {
  add,
  concat,
  constant,
  expandLike,
  gemm,
  matmul,
  mul,
  part,
  reduceSum,
  relu,
  reshape,
  slice,
  sub,
  type Tensor,
  transpose,
  unsqueeze,
} from "../graph/index.js";
import { activationOf, type Placement, slopes } from "./activation.js";
import type { AttentionHead, AttentionOptions } from "./attention-options.js";
import { type Builder, widthOf } from "./builder.js";
import { type FirstWeights, nextWeights } from "./unit-weights.js";

export interface SharedInputs {
  /** [B, Q]: the candidates. */
  query: Tensor;
  /** [1, T, Q]: the history that all of them share. */
  keys: Tensor;
  /** [1, T, W] or null. */
  behaviour: Tensor | null;
  units: FirstWeights;
}

/**
 * The units' outputs [T, H, B] where all rows share one history. A step is then a matrix of its own that meets all candidates,
 * x_t = (Wp diag(k_t) + Wq + Wd) q + (Wk - Wd) k_t + Wb b_t + bias, with q [Q, B]: the matrix is the left operand, which is read as it
 * lies, and the candidates the right one, which ONNX Runtime packs. Some steps at a time (`Builder.stepParts`), from their matrices to their
 * outputs, so that nothing of the width of a hidden layer leaves the cache. Heads that compare the same ranges are one product.
 */
export function sharedLogits(builder: Builder, inputs: SharedInputs, options: AttentionOptions): Tensor {
  const { heads } = options;
  const layers = declareLayers(builder, options);
  const outputs = groupsOf(heads).map((group) => groupLogits(builder, inputs, { ...options, layers, group }));
  return concat(outputs, 1);
}

/** A run of heads that compare the same ranges. */
interface Group {
  start: number;
  end: number;
  head: AttentionHead;
}

function groupsOf(heads: readonly AttentionHead[]): Group[] {
  const groups: Group[] = [];
  heads.forEach((head, h) => {
    const last = groups.at(-1);
    const same = last && (["query", "key"] as const).every((of) => sameRange(last.head[of], head[of]));
    if (same) last.end = h + 1;
    else groups.push({ start: h, end: h + 1, head });
  });
  return groups;
}

const sameRange = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start === b.start && a.end === b.end;

/** A hidden layer's activation and what follows it, for all heads. */
interface Layer {
  weights: Tensor[];
  bias: Tensor;
  units: number;
  activate: (x: Tensor, placed: Placement) => Tensor;
  /** Whether the activation is the same for all units: then it follows the product at once, and ONNX Runtime makes one op of both. */
  alike: boolean;
  /** Slopes of a PReLU before the output: its linear part goes another way, and max(0, x) is left. */
  alpha: Tensor | null;
}

function declareLayers(builder: Builder, options: AttentionOptions): Layer[] {
  const { name, heads, hidden, activation: kind } = options;
  return hidden.map((from, layer) => {
    const next = nextWeights(builder, options, layer);
    const own = { name: `${name}.${layer}`, kind, width: heads.length * from };
    const alpha = kind === "prelu" && hidden.length === 1 ? slopes(builder, own) : null;
    const alike = alpha !== null || !(kind === "prelu" || kind === "dice");
    return { ...next, alpha, alike, activate: alpha ? (x) => relu(x) : activationOf(builder, own) };
  });
}

interface GroupOptions {
  hidden: readonly number[];
  layers: readonly Layer[];
  group: Group;
}

/** [T, heads of the group, B] */
function groupLogits(builder: Builder, inputs: SharedInputs, options: GroupOptions): Tensor {
  const { hidden, layers, group } = options;
  const count = group.end - group.start;
  const matrices = stepMatrices(inputs, options);
  // What follows a hidden layer is there once for each step (ONNX Runtime's products do not stretch to a part that is empty).
  const each = onesLike(inputs.keys); // [T, 1, 1, 1]
  const { query, keys, constant, products, ofQuery } = matrices;
  const outputs = builder.stepParts(count * hidden[0]!).map(({ start, end }) => {
    const of = (x: Tensor): Tensor => part(x, { axis: 0, start, end });
    const matrix = add(mul(unsqueeze(of(keys), 1), products), ofQuery); // [t, n, w]
    const first = gemm(rows(matrix), query, reshape(of(constant), ["rest", 1])); // [t n, B]
    return layers.reduce((x, layer, l) => {
      const at = { ...group, from: hidden[l]! };
      const weights = of(mul(each, unitsOf(layer, at))); // [t, heads, units, from]
      const y = matmul(weights, activated(x, layer, at)); // [t, heads, units, B]
      return l === layers.length - 1 ? y : add(y, ofHeads(layer.bias, { ...group, from: layer.units }));
    }, first);
  });
  const sum = reshape(concat(outputs, 0), ["copy", count, "rest"]);
  const { alpha, bias } = layers.at(-1)!;
  const output = slice(bias, group); // [heads]
  return alpha ? add(sum, linearPart(matrices, { ...options, alpha, output })) : add(sum, unsqueeze(output, 1));
}

/** The first layer as matrices: that of step t is diag(k_t) `products` + `ofQuery`, and adds `constant`. */
interface StepMatrices {
  query: Tensor; // [w, B]
  keys: Tensor; // [T, w]
  products: Tensor; // [n, w] for n = heads h
  ofQuery: Tensor; // [n, w]
  constant: Tensor; // [T, n]
}

function stepMatrices(
  { query, keys, behaviour, units }: SharedInputs,
  { hidden: [first], group: { start, end, head } }: GroupOptions,
): StepMatrices {
  const own = units.heads.slice(start, end);
  const k = reshape(slice(keys, head.key), ["rest", head.key.end - head.key.start]);
  const bias = slice(units.bias, { start: start * first!, end: end * first! });
  const ofKeys = add(matmul(k, concat(own.map(({ key }) => key))), bias);
  return {
    query: transpose(slice(query, head.query), [1, 0]),
    keys: k,
    products: turned(own.map(({ product }) => product)),
    ofQuery: turned(own.map(({ query }) => query)),
    constant: behaviour
      ? add(ofKeys, matmul(rows(behaviour), concat(own.flatMap((unit) => unit.behaviour ?? []))))
      : ofKeys,
  };
}

/** (alpha x) W + bias of the output, for all steps: the first layer's own matrices, through W. [T, heads, B] */
function linearPart(
  { query, keys, products, ofQuery, constant }: StepMatrices,
  { hidden, layers, group, alpha, output }: GroupOptions & { alpha: Tensor; output: Tensor },
): Tensor {
  const [first] = hidden as [number];
  const count = group.end - group.start;
  const slope = transpose(ofHeads(alpha, { ...group, from: first }), [0, 2, 1]);
  const weights = mul(slope, stacked(layers[0]!.weights.slice(group.start, group.end))); // [heads, 1, h]
  const through = (matrix: Tensor): Tensor =>
    reshape(matmul(weights, reshape(matrix, [count, first, widthOf(matrix)])), [count, widthOf(matrix)]);
  const matrix = add(mul(unsqueeze(keys, 1), through(products)), through(ofQuery)); // [T, heads, w]
  const byHead = mul(reshape(constant, ["copy", count, first]), reshape(weights, [count, first]));
  const shift = add(reduceSum(byHead, { axes: [2] }), output); // [T, heads]
  return reshape(apart(gemm(rows(matrix), query, reshape(shift, ["rest", 1])), count, 1), ["copy", count, "rest"]);
}

interface At {
  start: number;
  end: number;
  /** Units of the layer. */
  from: number;
}

/** The activation of the first layer's [t heads n, B] or of a later one's [t, heads, n, B]: the second. */
function activated(x: Tensor, { activate, alike }: Layer, at: At): Tensor {
  const placed: Placement = (perUnit) => ofHeads(perUnit, at);
  const split = (flat: Tensor): Tensor => (flat.shape.length === 2 ? apart(flat, at.end - at.start, at.from) : flat);
  return alike ? split(activate(x, placed)) : activate(split(x), placed);
}

/** What follows the activation: [heads, units, from]. */
function unitsOf({ weights, alpha }: Layer, at: At): Tensor {
  const all = stacked(weights.slice(at.start, at.end));
  return alpha ? mul(all, transpose(ofHeads(sub(1, alpha), at), [0, 2, 1])) : all;
}

/** A value per unit of all heads, [H from] -> those of a group, [heads, from, 1]. */
const ofHeads = (perUnit: Tensor, { start, end, from }: At): Tensor =>
  reshape(slice(perUnit, { start: start * from, end: end * from }), [end - start, from, 1]);
/** [from, units] of each head -> [heads, units, from] */
const stacked = (weights: readonly Tensor[]): Tensor =>
  concat(
    weights.map((weight) => unsqueeze(transpose(weight, [1, 0]), 0)),
    0,
  );
/** [w, h] of each head -> [heads h, w] */
const turned = (weights: readonly Tensor[]): Tensor =>
  concat(
    weights.map((weight) => transpose(weight, [1, 0])),
    0,
  );
/** A 1 for every step of [1, T, w]: [T, 1, 1, 1]. What the units give does not depend on the mask: padding is left out of their weights. */
const onesLike = (keys: Tensor): Tensor =>
  reshape(expandLike(constant(1), slice(keys, { start: 0, end: 1 })), ["rest", 1, 1, 1]);
const rows = (x: Tensor): Tensor => reshape(x, ["rest", widthOf(x)]);
/** [t heads n, B] -> [t, heads, n, B] */
const apart = (x: Tensor, heads: number, n: number): Tensor =>
  reshape(unsqueeze(unsqueeze(x, 0), 0), ["rest", heads, n, "copy"]);

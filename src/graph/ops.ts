import { MmdinError } from "../errors.js";
import { type DType, type Shape, sameShape } from "./shape.js";
import { SHAPE_RULES } from "./shape-rules.js";
import type { OpAttributes, OpName, Tensor } from "./tensor.js";

/** A node of the graph: infers its shape, or throws a SHAPE error that names the op. */
function node<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor<K> {
  try {
    const { shape, dtype } = SHAPE_RULES[op](inputs, attributes);
    return { op, inputs, attributes, shape, dtype };
  } catch (error) {
    if (!(error instanceof MmdinError)) throw error;
    throw new MmdinError("SHAPE", error.problem, { where: op, ...error.details, cause: error });
  }
}

export interface InputOptions {
  /** Default float32. */
  dtype?: DType;
}

/** A value fed at run time under this name. */
export const input = (name: string, shape: Shape, { dtype = "float32" }: InputOptions = {}): Tensor<"input"> =>
  node("input", [], { name, shape, dtype });

/** A constant: a number (a scalar), or an array with its shape. */
export function constant(value: number | Float32Array | Int32Array, shape?: readonly number[]): Tensor<"constant"> {
  const data = typeof value === "number" ? Float32Array.of(value) : value;
  return node("constant", [], { data, shape: shape ?? (typeof value === "number" ? [] : [value.length]) });
}

type Operand = Tensor | number;
const tensor = (x: Operand): Tensor => (typeof x === "number" ? constant(x) : x);

export const add = (a: Operand, b: Operand): Tensor => node("add", [tensor(a), tensor(b)], {});
export const sub = (a: Operand, b: Operand): Tensor => node("sub", [tensor(a), tensor(b)], {});
export const mul = (a: Operand, b: Operand): Tensor => node("mul", [tensor(a), tensor(b)], {});
export const div = (a: Operand, b: Operand): Tensor => node("div", [tensor(a), tensor(b)], {});
/** 1 where a < b, else 0. No gradient. */
export const less = (a: Operand, b: Operand): Tensor => node("less", [tensor(a), tensor(b)], {});
/** 1 where x > 0, else 0. No gradient. */
export const step = (x: Tensor): Tensor => node("step", [x], {});
export const neg = (x: Tensor): Tensor => node("neg", [x], {});
export const abs = (x: Tensor): Tensor => node("abs", [x], {});
/** No gradient. */
export const floor = (x: Tensor): Tensor => node("floor", [x], {});
export const relu = (x: Tensor): Tensor => node("relu", [x], {});
export const sigmoid = (x: Tensor): Tensor => node("sigmoid", [x], {});
export const tanh = (x: Tensor): Tensor => node("tanh", [x], {});
export const exp = (x: Tensor): Tensor => node("exp", [x], {});
export const log = (x: Tensor): Tensor => node("log", [x], {});
export const sqrt = (x: Tensor): Tensor => node("sqrt", [x], {});
/** log(1 + exp(x)), without overflow. */
export const softplus = (x: Tensor): Tensor => node("softplus", [x], {});
/** The same value, through which no gradient flows. */
export const stopGradient = (x: Tensor): Tensor => node("stopGradient", [x], {});

export interface MatmulOptions {
  transposeA?: boolean;
  transposeB?: boolean;
}
/** [..., m, k] x [..., k, n] -> [..., m, n]; leading axes broadcast. The options read an operand with its last two axes swapped. */
export const matmul = (a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions = {}): Tensor =>
  node("matmul", [a, b], { transposeA, transposeB });

/** a [m, k] x b [k, n] + c, c stretched to [m, n]: in one op, so that the sum costs no pass of its own. */
export const gemm = (a: Tensor, b: Tensor, c: Tensor): Tensor => node("gemm", [a, b, c], {});

export const softmax = (x: Tensor, axis = -1): Tensor => node("softmax", [x], { axis });

export interface ReduceOptions {
  /** Default: all axes. */
  axes?: readonly number[];
  /** Keep the reduced axes as 1; default false. */
  keepDims?: boolean;
}
const everyAxis = (x: Tensor): number[] => x.shape.map((_, axis) => axis);
export const reduceSum = (x: Tensor, { axes = everyAxis(x), keepDims = false }: ReduceOptions = {}): Tensor =>
  axes.length === 0 ? x : node("reduceSum", [x], { axes, keepDims });
export const reduceMean = (x: Tensor, { axes = everyAxis(x), keepDims = false }: ReduceOptions = {}): Tensor =>
  axes.length === 0 ? x : node("reduceMean", [x], { axes, keepDims });
/** No gradient: meant for shifts that leave the result unchanged. */
export const reduceMax = (x: Tensor, { axes = everyAxis(x), keepDims = false }: ReduceOptions = {}): Tensor =>
  axes.length === 0 ? x : node("reduceMax", [x], { axes, keepDims });

/** How many elements lie along these axes, as a float32 scalar. */
export const axisSize = (x: Tensor, axes: readonly number[]): Tensor => node("axisSize", [x], { axes });

/** Rows of `data` [N, ...rest] at int32 `indices` [...i] -> [...i, ...rest]. */
export const gather = (data: Tensor, indices: Tensor): Tensor => node("gather", [data, indices], {});
/** Sum of `updates` [...i, ...rest] into zeros of shape `rows` [N, ...rest], by int32 `indices` [...i]. */
export const scatterAdd = (indices: Tensor, updates: Tensor, rows: Shape): Tensor =>
  node("scatterAdd", [indices, updates], { rows });
/** int32 [...i] -> float32 [...i, depth]. */
export const oneHot = (indices: Tensor, depth: number): Tensor => node("oneHot", [indices], { depth });

export const concat = (parts: readonly Tensor[], axis = -1): Tensor =>
  parts.length === 1 ? parts[0]! : node("concat", parts, { axis });
/** The part [start, end) of one axis. */
export const slice = (x: Tensor, { axis = -1, start, end }: { axis?: number; start: number; end: number }): Tensor =>
  x.shape.at(axis) === end && start === 0 ? x : node("slice", [x], { axis, start, end });
/**
 * Rows [start, end) of an axis whose size is a letter, as far as there are any: none beyond its end. `end` null is all from `start` on.
 * Parts that follow each other from 0 to null join to the whole again. No gradient: meant
 * for what is served.
 */
export const part = (x: Tensor, { axis, start, end }: OpAttributes["part"]): Tensor =>
  start === 0 && end === null ? x : node("part", [x], { axis, start, end });
export const pad = (x: Tensor, { axis, before, after }: OpAttributes["pad"]): Tensor =>
  before === 0 && after === 0 ? x : node("pad", [x], { axis, before, after });

/** Target dimensions: a number, "copy" (that of the same axis) or "rest" (at most once). */
export const reshape = (x: Tensor, to: OpAttributes["reshape"]["to"]): Tensor => node("reshape", [x], { to });
export const reshapeLike = (x: Tensor, like: Tensor): Tensor =>
  sameShape(x.shape, like.shape) ? x : node("reshapeLike", [x, like], {});
export const expandLike = (x: Tensor, like: Tensor): Tensor =>
  sameShape(x.shape, like.shape) ? x : node("expandLike", [x, like], {});
export const transpose = (x: Tensor, permutation: readonly number[]): Tensor => node("transpose", [x], { permutation });
export const cast = (x: Tensor, to: DType): Tensor => (x.dtype === to ? x : node("cast", [x], { to }));

/** A new axis of size 1; a negative axis counts from the end of the result. */
export const unsqueeze = (x: Tensor, axis: number): Tensor => node("unsqueeze", [x], { axis });

import { MmdinError } from "../errors.js";
import type { DType, Shape } from "./shape.js";

/** Every op, with its attributes. The tables of shapes, gradients and ONNX emission are total over these names. */
export interface OpAttributes {
  /** A value fed at run time: batch columns, masks, parameters. */
  input: { name: string; shape: Shape; dtype: DType };
  constant: { data: Float32Array | Int32Array; shape: readonly number[] };
  add: object;
  sub: object;
  mul: object;
  div: object;
  neg: object;
  abs: object;
  floor: object;
  relu: object;
  sigmoid: object;
  tanh: object;
  exp: object;
  log: object;
  sqrt: object;
  softplus: object;
  stopGradient: object;
  /** 1 where a < b, else 0, as float32. */
  less: object;
  /** 1 where x > 0, else 0. */
  step: object;
  /** The number of elements along some axes, as a float32 scalar: letters are known only at run time. */
  axisSize: { axes: readonly number[] };
  matmul: { transposeA: boolean; transposeB: boolean };
  /** a b + c, c stretched to the product. */
  gemm: object;
  softmax: { axis: number };
  reduceSum: { axes: readonly number[]; keepDims: boolean };
  reduceMean: { axes: readonly number[]; keepDims: boolean };
  reduceMax: { axes: readonly number[]; keepDims: boolean };
  /** Rows of a table: data [N, ...rest], indices int32 [...i] -> [...i, ...rest]. */
  gather: object;
  /** Sum of updates [...i, ...rest] into `rows` rows by indices [...i]: the gradient of gather. */
  scatterAdd: { rows: Shape };
  oneHot: { depth: number };
  concat: { axis: number };
  slice: { axis: number; start: number; end: number };
  /** Rows [start, end) of an axis whose size is known at run time alone, as far as there are any; without an end, all from `start`. */
  part: { axis: number; start: number; end: number | null };
  /** Zeros before and after along one axis: the gradient of slice. */
  pad: { axis: number; before: number; after: number };
  /** A target dimension is a number, "copy" (that of the same axis), or "rest" (at most once). */
  reshape: { to: readonly (number | "copy" | "rest")[] };
  /** A new axis of size 1, at this place of the result. */
  unsqueeze: { axis: number };
  reshapeLike: object;
  expandLike: object;
  transpose: { permutation: readonly number[] };
  cast: { to: DType };
}

export type OpName = keyof OpAttributes;

/** A symbolic tensor: one node of the graph and its single output. Immutable. */
export interface Tensor<K extends OpName = OpName> {
  readonly op: K;
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Nodes that the outputs need, every node after its inputs; deterministic. */
export function topological(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: a gradient graph can be deeper than the call stack allows.
  for (const output of outputs) {
    const stack: { node: Tensor; next: number }[] = [{ node: output, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (seen.has(top.node)) {
        stack.pop();
        continue;
      }
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        seen.add(top.node);
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input)) {
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** Runs `build`, and names the layer in any shape error that leaves it ("mmdin/attend/unit: matmul: ..."). */
export function inLayer<T>(layer: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof MmdinError && error.code === "SHAPE") {
      const { where } = error.details;
      throw new MmdinError("SHAPE", error.problem, {
        ...error.details,
        where: where ? `${layer}/${where}` : layer,
        cause: error.cause ?? error,
      });
    }
    throw error;
  }
}

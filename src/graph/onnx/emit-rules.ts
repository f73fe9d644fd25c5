import { normalAxis, type Shape } from "../shape.js";
import type { OpAttributes, OpName, Tensor } from "../tensor.js";
import { type Attribute, elementType } from "./model-proto.js";

/** What an emission rule may do: add ONNX nodes and small integer constants. Names are those of ONNX values. */
export interface Emitter {
  /** Whether ops of ONNX Runtime's own are to be left out. */
  readonly standard: boolean;
  /** Adds a node and returns its output's name; the last node of a rule must use `y`. */
  node(
    opType: string,
    inputs: string[],
    options?: { attributes?: Record<string, Attribute>; output?: string; domain?: string },
  ): string;
  int64(values: readonly number[]): string;
  float(values: Float32Array, dims: readonly number[]): string;
  int32(values: Int32Array, dims: readonly number[]): string;
}
type EmitRule<K extends OpName> = (
  emit: Emitter,
  node: {
    tensor: Tensor;
    inputs: string[];
    y: string;
    attributes: OpAttributes[K];
  },
) => void;

const plain =
  (opType: string) =>
  (emit: Emitter, { inputs, y }: { inputs: string[]; y: string }): void => {
    emit.node(opType, inputs, { output: y });
  };

/** ReduceSum takes its axes as an input in opset 13 and later, ReduceMean and ReduceMax from opset 18. */
const reduction =
  (opType: string) =>
  (
    emit: Emitter,
    {
      tensor,
      inputs,
      y,
      attributes,
    }: { tensor: Tensor; inputs: string[]; y: string; attributes: OpAttributes["reduceSum"] },
  ): void => {
    const rank = tensor.inputs[0]!.shape.length;
    const axes = emit.int64(attributes.axes.map((axis) => normalAxis(axis, rank)));
    emit.node(opType, [inputs[0]!, axes], { output: y, attributes: { keepdims: attributes.keepDims ? 1 : 0 } });
  };

const lastTwoSwapped = (rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));

/** How every op is written in ONNX (https://onnx.ai/onnx/operators), opset 18. */
export const EMIT_RULES: { [K in OpName]: EmitRule<K> } = {
  input: () => {},
  constant: () => {},
  add: plain("Add"),
  sub: plain("Sub"),
  mul: plain("Mul"),
  div: plain("Div"),
  neg: plain("Neg"),
  abs: plain("Abs"),
  floor: plain("Floor"),
  relu: plain("Relu"),
  sigmoid: plain("Sigmoid"),
  tanh: plain("Tanh"),
  exp: plain("Exp"),
  log: plain("Log"),
  sqrt: plain("Sqrt"),
  softplus: plain("Softplus"),
  stopGradient: plain("Identity"),
  less: (emit, { inputs, y }) => {
    emit.node("Cast", [emit.node("Less", inputs)], { output: y, attributes: { to: elementType("float32") } });
  },
  // max(0, min(1, alpha x)) with alpha so large that every normal positive number reaches 1: one pass, where Greater takes two.
  step: (emit, { inputs, y }) => {
    emit.node("HardSigmoid", inputs, { output: y, attributes: { alpha: { float: 3e38 }, beta: { float: 0 } } });
  },
  axisSize: (emit, { tensor, inputs, y, attributes: { axes } }) => {
    const rank = tensor.inputs[0]!.shape.length;
    const shape = emit.node("Shape", [inputs[0]!]);
    const sizes = emit.node("Gather", [shape, emit.int64(axes.map((axis) => normalAxis(axis, rank)))]);
    const product = emit.node("ReduceProd", [sizes], { attributes: { keepdims: 0 } });
    emit.node("Cast", [product], { output: y, attributes: { to: elementType("float32") } });
  },
  matmul: (emit, { tensor, inputs, y, attributes: { transposeA, transposeB } }) => {
    const [a, b] = tensor.inputs;
    if (!transposeA && !transposeB) emit.node("MatMul", inputs, { output: y });
    else if (a!.shape.length === 2 && b!.shape.length === 2) {
      emit.node("Gemm", inputs, { output: y, attributes: { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 } });
    } else if (!transposeA && b!.shape.length === 2) {
      const turned = emit.node("Transpose", [inputs[1]!], { attributes: { perm: [1, 0] } });
      emit.node("MatMul", [inputs[0]!, turned], { output: y });
    } else if (emit.standard) {
      const turned = (name: string, { shape }: Tensor, turn: boolean): string =>
        turn ? emit.node("Transpose", [name], { attributes: { perm: lastTwoSwapped(shape.length) } }) : name;
      emit.node("MatMul", [turned(inputs[0]!, a!, transposeA), turned(inputs[1]!, b!, transposeB)], { output: y });
    } else {
      const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
      emit.node("FusedMatMul", inputs, { output: y, attributes, domain: "com.microsoft" });
    }
  },
  gemm: plain("Gemm"),
  softmax: (emit, { inputs, y, attributes: { axis } }) => {
    emit.node("Softmax", inputs, { output: y, attributes: { axis } });
  },
  reduceSum: reduction("ReduceSum"),
  reduceMean: reduction("ReduceMean"),
  reduceMax: reduction("ReduceMax"),
  gather: (emit, { inputs, y }) => {
    emit.node("Gather", inputs, { output: y, attributes: { axis: 0 } });
  },
  // ScatterND(reduction=add) loses updates in a session of several threads: the runtime runs it in a session of one.
  scatterAdd: (emit, { tensor, inputs: [indices, updates], y, attributes: { rows } }) => {
    const zeros = emit.node("ConstantOfShape", [shapeValue(emit, rows)]);
    const wide = emit.node("Cast", [indices!], { attributes: { to: elementType("int64") } });
    const rank = tensor.inputs[0]!.shape.length;
    const tuples = emit.node("Unsqueeze", [wide, emit.int64([rank])]);
    emit.node("ScatterND", [zeros, tuples, updates!], { output: y, attributes: { reduction: "add" } });
  },
  oneHot: (emit, { inputs, y, attributes: { depth } }) => {
    const values = emit.float(Float32Array.of(0, 1), [2]);
    // ONNX Runtime has no OneHot of int32 indices with an int64 depth.
    const deep = emit.int32(Int32Array.of(depth), [1]);
    emit.node("OneHot", [inputs[0]!, deep, values], { output: y, attributes: { axis: -1 } });
  },
  concat: (emit, { inputs, y, attributes: { axis } }) => {
    emit.node("Concat", inputs, { output: y, attributes: { axis } });
  },
  slice: (emit, { inputs, y, attributes: { axis, start, end } }) => {
    emit.node("Slice", [inputs[0]!, emit.int64([start]), emit.int64([end]), emit.int64([axis])], { output: y });
  },
  part: (emit, { inputs, y, attributes: { axis, start, end } }) => {
    const until = emit.int64([end ?? Number.MAX_SAFE_INTEGER]);
    emit.node("Slice", [inputs[0]!, emit.int64([start]), until, emit.int64([axis])], { output: y });
  },
  pad: (emit, { tensor, inputs, y, attributes: { axis, before, after } }) => {
    const rank = tensor.shape.length;
    const along = normalAxis(axis, rank);
    const pads = new Array<number>(2 * rank).fill(0);
    pads[along] = before;
    pads[along + rank] = after;
    emit.node("Pad", [inputs[0]!, emit.int64(pads)], { output: y });
  },
  reshape: (emit, { inputs, y, attributes: { to } }) => {
    const target = emit.int64(to.map((dim) => (dim === "copy" ? 0 : dim === "rest" ? -1 : dim)));
    emit.node("Reshape", [inputs[0]!, target], { output: y });
  },
  unsqueeze: (emit, { tensor, inputs, y, attributes: { axis } }) => {
    emit.node("Unsqueeze", [inputs[0]!, emit.int64([normalAxis(axis, tensor.shape.length)])], { output: y });
  },
  reshapeLike: (emit, { inputs, y }) => {
    emit.node("Reshape", [inputs[0]!, emit.node("Shape", [inputs[1]!])], { output: y });
  },
  expandLike: (emit, { inputs, y }) => {
    emit.node("Expand", [inputs[0]!, emit.node("Shape", [inputs[1]!])], { output: y });
  },
  transpose: (emit, { inputs, y, attributes: { permutation } }) => {
    emit.node("Transpose", inputs, { output: y, attributes: { perm: permutation } });
  },
  cast: (emit, { inputs, y, attributes: { to } }) => {
    emit.node("Cast", inputs, { output: y, attributes: { to: elementType(to) } });
  },
};

/** Name of the int64 input [1] that carries the value of a letter (or a product of letters) that no tensor at hand has. */
export const sizeInput = (dim: string): string => `size:${dim}`;

/** A shape as an int64 value [rank]; neighbouring numbers are one constant. */
function shapeValue(emit: Emitter, shape: Shape): string {
  const parts: (string | number[])[] = [];
  for (const dim of shape) {
    const last = parts.at(-1);
    if (typeof dim === "string") parts.push(sizeInput(dim));
    else if (Array.isArray(last)) last.push(dim);
    else parts.push([dim]);
  }
  const values = parts.map((part) => (typeof part === "string" ? part : emit.int64(part)));
  return values.length === 1 ? values[0]! : emit.node("Concat", values, { attributes: { axis: 0 } });
}

import type { DType, Shape } from "../shape.js";
import { ProtobufWriter } from "./protobuf.js";

/** An attribute of an ONNX node: an integer, a list of them, a float (by `{ float }`) or a string. */
export type Attribute = number | readonly number[] | { float: number } | string;

export interface OnnxNode {
  opType: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, Attribute>;
  /** "" is the ONNX standard; "com.microsoft" are ONNX Runtime's own ops. */
  domain?: string;
}
export interface OnnxValue {
  name: string;
  shape: Shape;
  dtype: DType;
}
export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | Int32Array | BigInt64Array;
}
export interface OnnxGraph {
  nodes: OnnxNode[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  initializers: OnnxTensor[];
}

/** Element types of onnx.proto's TensorProto.DataType. */
const ELEMENT: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };
export const elementType = (dtype: DType): number => ELEMENT[dtype];
const OPSET = 18;
const IR_VERSION = 8;

/** Serialises a graph as an ONNX ModelProto of opset 18 (field numbers: onnx.proto, https://github.com/onnx/onnx). */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const model = new ProtobufWriter().int(1, IR_VERSION).string(2, "mmdin");
  model.message(7, (out) => writeGraph(out, graph));
  model.message(8, (opset) => opset.string(1, "").int(2, OPSET));
  if (graph.nodes.some(({ domain }) => domain === "com.microsoft")) {
    model.message(8, (opset) => opset.string(1, "com.microsoft").int(2, 1));
  }
  return model.finish();
}

function writeGraph(out: ProtobufWriter, { nodes, inputs, outputs, initializers }: OnnxGraph): void {
  for (const node of nodes) out.message(1, (message) => writeNode(message, node));
  out.string(2, "mmdin");
  for (const tensor of initializers) out.message(5, (message) => writeTensor(message, tensor));
  for (const value of inputs) out.message(11, (message) => writeValue(message, value));
  for (const value of outputs) out.message(12, (message) => writeValue(message, value));
}

function writeNode(out: ProtobufWriter, { opType, inputs, outputs, attributes = {}, domain = "" }: OnnxNode): void {
  for (const name of inputs) out.string(1, name);
  for (const name of outputs) out.string(2, name);
  out.string(4, opType);
  for (const [name, value] of Object.entries(attributes)) {
    out.message(5, (message) => {
      message.string(1, name);
      if (typeof value === "number") message.int(3, value).int(20, 2);
      else if (typeof value === "string") message.string(4, value).int(20, 3);
      else if ("float" in value) message.float(2, value.float).int(20, 1);
      else {
        for (const item of value) message.int(8, item);
        message.int(20, 7);
      }
    });
  }
  if (domain !== "") out.string(7, domain);
}

function writeTensor(out: ProtobufWriter, { name, dims, data }: OnnxTensor): void {
  for (const dim of dims) out.int(1, dim);
  const dtype: DType = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
  out.int(2, ELEMENT[dtype]).string(8, name);
  out.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(out: ProtobufWriter, { name, shape, dtype }: OnnxValue): void {
  out.string(1, name).message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.int(1, ELEMENT[dtype]).message(2, (dims) => {
        for (const dim of shape) {
          dims.message(1, (out) => (typeof dim === "number" ? out.int(1, dim) : out.string(2, dim)));
        }
      });
    }),
  );
}

import type { DType, Shape } from "../shape.js";
import { ProtobufWriter } from "./protobuf.js";

/** An attribute of an ONNX node: an integer, a list of them, a float (by `{ float }`), a string, or a graph (a branch of `If`). */
export type Attribute = number | readonly number[] | { float: number } | { graph: OnnxGraph } | string;

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
  data: Float32Array | Float64Array | Int32Array | BigInt64Array;
  /** Where the values lie outside of the model: a file beside it, and the place of the first byte in that file. */
  external?: { location: string; offset: number };
}
export interface OnnxGraph {
  nodes: OnnxNode[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  initializers: OnnxTensor[];
}

/** Element types of onnx.proto's TensorProto.DataType. */
const ELEMENT: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 };
export const elementType = (dtype: DType): number => ELEMENT[dtype];
const OPSET = 18;
const IR_VERSION = 8;

export interface ModelOptions {
  /** Texts that the model carries beside its graph, by key. */
  metadata?: Readonly<Record<string, string>>;
}

/** Serialises a graph as an ONNX ModelProto of opset 18 (field numbers: onnx.proto, https://github.com/onnx/onnx). */
export function encodeModel(graph: OnnxGraph, options: ModelOptions = {}): Uint8Array {
  return writeModel(graph, options).finish();
}

/** The same in pieces that follow one another: initialisers are not copied. */
export function encodeModelPieces(graph: OnnxGraph, options: ModelOptions = {}): readonly Uint8Array[] {
  return writeModel(graph, options).pieces;
}

function writeModel(graph: OnnxGraph, { metadata = {} }: ModelOptions): ProtobufWriter {
  const model = new ProtobufWriter().int(1, IR_VERSION).string(2, "mmdin");
  model.message(7, (out) => writeGraph(out, graph));
  model.message(8, (opset) => opset.string(1, "").int(2, OPSET));
  if (graph.nodes.some(({ domain }) => domain === "com.microsoft")) {
    model.message(8, (opset) => opset.string(1, "com.microsoft").int(2, 1));
  }
  for (const [key, value] of Object.entries(metadata)) model.message(14, (entry) => writeEntry(entry, key, value));
  return model;
}

/** A StringStringEntryProto. */
function writeEntry(out: ProtobufWriter, key: string, value: string): void {
  out.string(1, key).string(2, value);
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
      else if ("graph" in value) message.message(6, (graph) => writeGraph(graph, value.graph)).int(20, 5);
      else {
        for (const item of value) message.int(8, item);
        message.int(20, 7);
      }
    });
  }
  if (domain !== "") out.string(7, domain);
}

function writeTensor(out: ProtobufWriter, { name, dims, data, external }: OnnxTensor): void {
  for (const dim of dims) out.int(1, dim);
  out.int(2, ELEMENT[typeOfValues(data)]).string(8, name);
  if (external === undefined) {
    out.bytes(9, bytesOf(data));
    return;
  }
  const place = { ...external, length: data.byteLength };
  for (const [key, value] of Object.entries(place)) out.message(13, (entry) => writeEntry(entry, key, String(value)));
  out.int(14, 1);
}

export function typeOfValues(data: OnnxTensor["data"]): "float32" | "float64" | "int32" | "int64" {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "int64";
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: OnnxTensor["data"]): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

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

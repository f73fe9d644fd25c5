export { frontier } from "./frontier.js";
export { gradients } from "./gradients.js";
export { type EmittedGraph, emitGraph, emitNodes, type GraphInput } from "./onnx/emit.js";
export * from "./ops.js";
export { type Dim, type DType, formatShape, resolveShape, type Shape, sizeOf } from "./shape.js";
export { substitute } from "./substitute.js";
export { inLayer, type OpName, type Tensor, topological } from "./tensor.js";

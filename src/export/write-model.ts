import { join } from "node:path";
import { replaceFile, type WritePiece } from "../data/atomic.js";
import { bytesOf, encodeModelPieces, type OnnxGraph, type OnnxTensor } from "../graph/onnx/model-proto.js";

export const MODEL_FILE = "model.onnx";
export const DATA_FILE = "model.onnx.data";

/** A model file is one protobuf message, of which nobody reads more than 2 GiB. */
export const LARGEST_MODEL = 2 ** 31 - 2 ** 27;

/** Smaller tensors stay in the model: reading them from elsewhere costs more than they weigh. */
const LEAST_OUTSIDE = 1024;
/** Where tensors begin in the file beside the model: at pages, so that they can be mapped into memory. */
const PAGE = 4096;
const CHUNK = 1 << 20;

/**
 * Writes model.onnx; where its tensors take more than `externalAbove` bytes, all but small ones go to model.onnx.data beside it, as
 * ONNX's external data. Returns the names of the files.
 */
export function writeModel(
  folder: string,
  graph: OnnxGraph,
  { externalAbove, metadata }: { externalAbove: number; metadata: Readonly<Record<string, string>> },
): string[] {
  const total = graph.initializers.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (total <= externalAbove) {
    writePieces(join(folder, MODEL_FILE), encodeModelPieces(graph, { metadata }));
    return [MODEL_FILE];
  }
  let offset = 0;
  const outside: OnnxTensor[] = [];
  const initializers = graph.initializers.map((tensor): OnnxTensor => {
    if (tensor.data.byteLength < LEAST_OUTSIDE) return tensor;
    const placed = { ...tensor, external: { location: DATA_FILE, offset } };
    offset += Math.ceil(tensor.data.byteLength / PAGE) * PAGE;
    outside.push(placed);
    return placed;
  });
  const padding = new Uint8Array(PAGE);
  const pieces = outside.flatMap(({ data }) => {
    const rest = data.byteLength % PAGE;
    return rest === 0 ? [bytesOf(data)] : [bytesOf(data), padding.subarray(rest)];
  });
  writePieces(join(folder, DATA_FILE), pieces);
  writePieces(join(folder, MODEL_FILE), encodeModelPieces({ ...graph, initializers }, { metadata }));
  return [MODEL_FILE, DATA_FILE];
}

/** Small pieces are joined: a model has ten thousand of a few bytes. */
function writePieces(path: string, pieces: readonly Uint8Array[]): void {
  replaceFile(path, (write: WritePiece) => {
    const buffer = new Uint8Array(CHUNK);
    let filled = 0;
    const flush = (): void => {
      if (filled > 0) write(buffer.subarray(0, filled));
      filled = 0;
    };
    for (const piece of pieces) {
      if (filled + piece.length > CHUNK) flush();
      if (piece.length > CHUNK) write(piece);
      else {
        buffer.set(piece, filled);
        filled += piece.length;
      }
    }
    flush();
  });
}

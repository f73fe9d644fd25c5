import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { encodeModel } from "../graph/onnx/model-proto.js";
import { DATA_FILE, MODEL_FILE, writeModel } from "./write-model.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const values = (length: number, start: number): Float32Array => Float32Array.from({ length }, (_, i) => start + i);
const graph = {
  nodes: [],
  inputs: [],
  outputs: [],
  initializers: [
    { name: "first", dims: [300], data: values(300, 0) },
    { name: "small", dims: [2], data: values(2, 7) },
    { name: "second", dims: [1024], data: values(1024, 1000) },
    { name: "third", dims: [256], data: values(256, 5000) },
  ],
};
const bytes = (300 + 2 + 1024 + 256) * 4;

test("up to the limit a model is one file, byte for byte what the encoder gives", () => {
  expect(writeModel(folder, graph, { externalAbove: bytes, metadata: {} })).toEqual([MODEL_FILE]);
  expect(readFileSync(join(folder, MODEL_FILE)).equals(encodeModel(graph))).toBe(true);
});

test("above it, tensors of 1 kB and more begin at pages of the file beside it", () => {
  expect(writeModel(folder, graph, { externalAbove: bytes - 1, metadata: {} })).toEqual([MODEL_FILE, DATA_FILE]);
  const data = readFileSync(join(folder, DATA_FILE));
  expect(data.length).toBe(3 * 4096);
  const at = (offset: number, length: number): number[] => [
    ...new Float32Array(data.buffer, data.byteOffset + offset, length),
  ];
  expect(at(0, 300)).toEqual([...values(300, 0)]);
  expect(at(4096, 1024)).toEqual([...values(1024, 1000)]);
  expect(at(8192, 256)).toEqual([...values(256, 5000)]);
  const model = readFileSync(join(folder, MODEL_FILE));
  expect(model.includes(Buffer.from(values(2, 7).buffer))).toBe(true);
  expect(model.length).toBeLessThan(400);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";
import type { ExpectedTensors } from "./safetensors-header.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-safetensors-"));
const path = join(folder, "weights.safetensors");
afterAll(() => rmSync(folder, { recursive: true }));

const format = { name: "mmdin-weights", version: 1 };
const tensors = new Map<string, Tensor>([
  ["flags", { shape: [3], data: Uint8Array.of(1, 0, 255) }],
  ["weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, Infinity, -0) }],
  ["scalar", { shape: [], data: Float64Array.of(1 / 3) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
  ["codes", { shape: [1, 2], data: Int32Array.of(-7, 2 ** 31 - 1) }],
]);

/** A file whose header is `header` and whose data is `bytes` zeros. */
function craft(header: unknown, bytes: number): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  const crafted = join(folder, "crafted.safetensors");
  writeFileSync(crafted, Buffer.concat([prefix, text, Buffer.alloc(bytes)]));
  return crafted;
}

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

test("tensors of four dtypes, a scalar and an empty one come back with shape, bits and metadata", () => {
  writeSafetensors(path, tensors, { format, metadata: { model: "din" } });
  const { tensors: found, metadata } = readSafetensors(path, { format });
  expect(new Map([...found].sort())).toEqual(new Map([...tensors].sort()));
  expect(Object.is(found.get("weight")?.data[5], -0)).toBe(true);
  expect(metadata).toEqual({ format: "mmdin-weights", version: "1", model: "din" });
});

test("the bytes are those of the format: length 8 bytes little-endian, padded header, widest dtype first", () => {
  writeSafetensors(path, new Map(tensors));
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  expect(header.scalar).toEqual({ dtype: "F64", shape: [], data_offsets: [0, 8] });
  expect(header.weight).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [8, 32] });
  expect(header.flags).toEqual({ dtype: "U8", shape: [3], data_offsets: [40, 43] });
  expect(bytes.length).toBe(8 + length + 43);
  expect(bytes.readFloatLE(8 + length + 16)).toBe(3.5);
});

test("a view into a larger buffer writes its own numbers only", () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  writeSafetensors(path, new Map([["a", { shape: [2], data }]]));
  expect(readSafetensors(path).tensors.get("a")?.data).toEqual(Float32Array.of(1, 2));
});

test("data that does not fill its shape is not written", () => {
  const bad = new Map([["bias", { shape: [2, 2], data: new Float32Array(3) }]]);
  expect(() => writeSafetensors(path, bad)).toThrow(
    "bias: a tensor's data does not fill its shape: expected 4 numbers for [2, 2], got 3",
  );
});

test("every missing, unknown and misshapen tensor is listed in one message", () => {
  writeSafetensors(path, tensors);
  const expected: ExpectedTensors = new Map([
    ["weight", { shape: [3, 2] }],
    ["bias", { shape: [3] }],
    ["scale", { shape: [] }],
    ["empty", { shape: [0, 4] }],
    ["codes", { shape: [1, 2] }],
    ["flags", { shape: [3], dtype: "U8" as const }],
  ]);
  expect(() => readSafetensors(path, { expected })).toThrow(
    `${path}: the tensors are not those of this model: expected 6 tensors, got 5, of which ` +
      "weight is F32[2, 3] and should be F32[3, 2]; bias F32[3] is missing; scale F32[] is missing; " +
      "codes is I32[1, 2] and should be F32[1, 2]; scalar is not known. " +
      "Load the file with the options that it was written with.",
  );
  const right = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, dtype: names.get(data.constructor) }]),
  );
  expect(readSafetensors(path, { expected: right }).tensors.size).toBe(5);
});

const names = new Map<unknown, "F32" | "F64" | "I32" | "U8">([
  [Float32Array, "F32"],
  [Float64Array, "F64"],
  [Int32Array, "I32"],
  [Uint8Array, "U8"],
]);

test("a file of another format, of no version and of a later version is refused by name", () => {
  writeSafetensors(path, tensors, { format: { name: "mmdin-vectors", version: 1 } });
  expect(() => readSafetensors(path, { format })).toThrow(
    "a file of another format: expected mmdin-weights, got mmdin-vectors",
  );
  writeSafetensors(path, tensors, { format: { ...format, version: 3 } });
  expect(() => readSafetensors(path, { format })).toThrow(
    "mmdin-weights of a later version: expected version 1 or earlier, got version 3. Update mmdin.",
  );
  writeSafetensors(path, tensors, { metadata: { format: "mmdin-weights" } });
  expect(() => readSafetensors(path, { format })).toThrow("mmdin-weights without a version");
});

test("a file cut off at any of its bytes is refused as FORMAT, never read in part", () => {
  writeSafetensors(path, tensors, { format });
  const whole = readFileSync(path);
  const cut = join(folder, "cut.safetensors");
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(cut, whole.subarray(0, length));
    expect(() => readSafetensors(cut)).toThrow(expect.objectContaining({ code: "FORMAT" }));
  }
  writeFileSync(cut, "hello");
  expect(() => readSafetensors(cut)).toThrow(
    `${cut}: the file is too short to be safetensors: expected at least 8 bytes, got 5`,
  );
});

test("a header longer than the file, one that is not JSON and one that is a list are refused", () => {
  const long = join(folder, "long.safetensors");
  writeFileSync(long, Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 123]));
  expect(() => readSafetensors(long)).toThrow("the header is longer than the file: expected at most 1 bytes");
  expect(() => readSafetensors(craft("{no", 0))).toThrow("the header is not JSON: expected an object, got ");
  expect(() => readSafetensors(craft("[1]", 0))).toThrow("the header is not an object: expected an object, got [1]");
});

test("unknown dtypes, bad shapes and offsets that do not fit, overlap, leave gaps or leave the file are refused by tensor", () => {
  const refused = (header: unknown, bytes: number) => expect(() => readSafetensors(craft(header, bytes)));
  refused({ a: { ...f32([1], 0, 2), dtype: "F16" } }, 2).toThrow(
    "tensor a: a dtype that mmdin does not read: expected F32, F64, I32, U8, got F16",
  );
  refused({ a: f32([-1], 0, 4) }, 4).toThrow(
    "tensor a: the shape is no list of sizes: expected whole numbers, got [-1]",
  );
  refused({ a: f32([2], 0, 4) }, 4).toThrow(
    "tensor a: the offsets do not fit the shape: expected [begin, begin + 8] for F32[2], got [0,4]",
  );
  refused({ a: { ...f32([1], 0, 4), data_offsets: [0, 4, 8] } }, 4).toThrow("the offsets do not fit the shape");
  refused({ a: 5 }, 0).toThrow("tensor a: the header's entry is not an object: expected an object, got 5");
  refused({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12).toThrow(
    "tensor b: tensors overlap: expected a start at byte 8, got 4",
  );
  refused({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12).toThrow(
    "tensor b: bytes that no tensor holds: expected a start at byte 4, got 8",
  );
  refused({ a: f32([3], 0, 12) }, 8).toThrow(
    "tensor a: the tensor reaches beyond the file: expected at most 8 bytes, got 12",
  );
  refused({ a: f32([1], 0, 4) }, 8).toThrow("bytes that no tensor holds: expected 4 bytes of data, got 8");
});

test("a file that is not there ends in one IO error that names it", () => {
  const absent = join(folder, "absent.safetensors");
  expect(() => readSafetensors(absent)).toThrow(`${absent}: the file could not be read: got nothing at this path`);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hasVectorFile, readVectorFile } from "./vectors.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, numbers: Uint8Array, ids?: string): string {
  writeFileSync(join(folder, name), numbers);
  const base = name.replace(/\.\w+$/, "");
  if (ids !== undefined) writeFileSync(join(folder, `${base}.ids.json`), ids);
  return join(folder, base);
}

const f32 = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const f64 = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);

/** A .npy file of format version 1. */
function npy(header: string, data: Uint8Array): Uint8Array {
  const text = header.padEnd(117, " ").concat("\n");
  const bytes = Buffer.alloc(10 + text.length + data.length);
  bytes.write("\x93NUMPY\x01\x00", "latin1");
  bytes.writeUInt16LE(text.length, 8);
  bytes.write(text, 10, "latin1");
  bytes.set(data, 10 + text.length);
  return bytes;
}

const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;

test(".f32 rows are read with their ids, numbers as ids become text", () => {
  const base = write("a.f32", f32(1, 2, 3, 4, 5, 6), '{"dim": 3, "ids": [7, "x"]}');
  expect(hasVectorFile(base)).toBe(true);
  expect(hasVectorFile(`${base}.f32`)).toBe(true);
  const { ids, dimension, values } = readVectorFile(base, { where: "v" });
  expect({ ids, dimension, values: [...values] }).toEqual({
    ids: ["7", "x"],
    dimension: 3,
    values: [1, 2, 3, 4, 5, 6],
  });
});

test(".npy of float32 and float64 is read, with a list of ids alone", () => {
  const single = write("b.npy", npy(header("<f4", "2, 2"), f32(1, 2, 3, 4)), '["p", "q"]');
  expect([...readVectorFile(single, { where: "v" }).values]).toEqual([1, 2, 3, 4]);
  const double = write("c.npy", npy(header("<f8", "1, 3"), f64(0.5, 1.5, 2.5)), '{"dim": 3, "ids": ["p"]}');
  expect(readVectorFile(double, { where: "v" })).toMatchObject({
    dimension: 3,
    values: Float32Array.of(0.5, 1.5, 2.5),
  });
});

test.each([
  ["no file", "none", "no file"],
  ["no ids", write("d.f32", f32(1)), "the ids of the vectors cannot be read"],
  [
    "ids that are no list",
    write("e.f32", f32(1), '{"dim": 1}'),
    'e.ids.json is not what it should be: expected { "dim": D, "ids": [...] }',
  ],
  [
    "no length of a vector",
    write("f.f32", f32(1), '["a"]'),
    'f.f32 has no length of a vector: expected { "dim": D, "ids": [...] } in its .ids.json, got ids alone',
  ],
  [
    "another length",
    write("g.f32", f32(1, 2, 3), '{"dim": 2, "ids": ["a", "b"]}'),
    "g.f32 does not fit its ids: expected 16 bytes (2 ids x 2 x 4), got 12 bytes",
  ],
  [
    "a NaN",
    write("h.f32", f32(1, 2, 3, Number.NaN), '{"dim": 2, "ids": ["a", "b"]}'),
    'a value is not finite in row 1 (id "b"), number 1: expected finite numbers, got NaN',
  ],
  ["ids twice", write("i.f32", f32(1, 2, 3), '{"dim": 1, "ids": ["a", "b", "a"]}'), 'ids come more than once: "a"'],
  ["no .npy", write("j.npy", f32(1, 2, 3), '["a"]'), "expected a NumPy array, got another format"],
  [
    "integers",
    write("k.npy", npy(header("<i8", "1, 1"), f64(1)), '["a"]'),
    "expected little-endian float32 or float64, got <i8",
  ],
  [
    "Fortran order",
    write("l.npy", npy(header("<f4", "1, 1", "True"), f32(1)), '["a"]'),
    "expected rows one after the other (C order), got Fortran order",
  ],
  ["one dimension", write("m.npy", npy(header("<f4", "2,"), f32(1, 2)), '["a"]'), "expected two dimensions, got (2)"],
  [
    "a cut .npy",
    write("n.npy", npy(header("<f4", "2, 2"), f32(1, 2)), '["a", "b"]'),
    "expected 16 bytes of numbers, as its header says, got 8",
  ],
  [
    "fewer ids than rows",
    write("o.npy", npy(header("<f4", "2, 1"), f32(1, 2)), '["a"]'),
    "expected 1 vectors, as .ids.json says, got 2",
  ],
  [
    "another dim",
    write("p.npy", npy(header("<f4", "1, 2"), f32(1, 2)), '{"dim": 3, "ids": ["a"]}'),
    "expected 3 numbers a vector, as .ids.json says, got 2",
  ],
])("%s: the message says where and what", (_, base, message) => {
  expect(() => readVectorFile(base, { where: "dataset.yaml:9:3 (items.modalities.v.from)" })).toThrow(message);
});

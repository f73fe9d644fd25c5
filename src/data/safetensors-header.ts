import { type ErrorDetails, MmdinError } from "../errors.js";

/** Arrays that a file can hold, by the name that the format gives their numbers. */
export const ARRAYS = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U8: Uint8Array } as const;

export type Dtype = keyof typeof ARRAYS;
export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What a reader insists on: these names, no others, each with this shape and dtype (default F32). */
export type ExpectedTensors = ReadonlyMap<string, { shape: readonly number[]; dtype?: Dtype }>;

export interface FormatName {
  /** For example "mmdin-weights". */
  name: string;
  version: number;
}

/** Where a tensor lies in the file's data. */
export interface HeaderEntry {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  begin: number;
  end: number;
}

export interface Header {
  entries: HeaderEntry[];
  metadata: Record<string, string>;
}

export const LENGTH_BYTES = 8;
const LARGEST_HEADER = 100_000_000; // as in the format's own reader

/** Reads the header's text, after checking that its length can be true. `start` is where the data begins. */
export function readHeader(
  path: string,
  { size, read }: { size: number; read: (bytes: Uint8Array, position: number) => void },
): { header: string; start: number } {
  if (size < LENGTH_BYTES) {
    const problem = "the file is too short to be safetensors";
    throw damaged(problem, { where: path, expected: `at least ${LENGTH_BYTES} bytes`, got: `${size}` });
  }
  const prefix = new Uint8Array(LENGTH_BYTES);
  read(prefix, 0);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  const room = Math.min(size - LENGTH_BYTES, LARGEST_HEADER);
  if (length > room) {
    const problem = "the header is longer than the file";
    throw damaged(problem, { where: path, expected: `at most ${room} bytes`, got: `${length}` });
  }
  const bytes = new Uint8Array(length);
  read(bytes, LENGTH_BYTES);
  return { header: new TextDecoder().decode(bytes), start: LENGTH_BYTES + length };
}

/** The tensors that a header names, by place, and its metadata; together they must fill the data exactly. */
export function parseHeader(header: string, { path, dataBytes }: { path: string; dataBytes: number }): Header {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw damaged("the header is not JSON", { where: path, expected: "an object", got, cause });
  }
  if (!isObject(parsed)) {
    throw damaged("the header is not an object", { where: path, expected: "an object", got: header.slice(0, 40) });
  }
  const metadata: Record<string, string> = {};
  const entries: HeaderEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name !== "__metadata__") entries.push(parseEntry(value, { path, name }));
    else if (isObject(value)) for (const [key, text] of Object.entries(value)) metadata[key] = String(text);
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const { name, begin, end } of entries) {
    const where = `${path}, tensor ${name}`;
    if (end > dataBytes) {
      throw damaged("the tensor reaches beyond the file", {
        where,
        expected: `at most ${dataBytes} bytes`,
        got: `${end}`,
      });
    }
    if (begin !== filled) {
      const problem = begin < filled ? "tensors overlap" : "bytes that no tensor holds";
      throw damaged(problem, { where, expected: `a start at byte ${filled}`, got: `${begin}` });
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    const problem = "bytes that no tensor holds";
    throw damaged(problem, { where: path, expected: `${filled} bytes of data`, got: `${dataBytes}` });
  }
  return { entries, metadata };
}

/** Refuses a file of another format, and one that a later version wrote. */
export function checkFormat(
  { metadata }: Header,
  { path, format: { name, version } }: { path: string; format: FormatName },
): void {
  const { format = "no format name", version: text = "no version" } = metadata;
  if (format !== name) {
    throw new MmdinError("FORMAT", "a file of another format", { where: path, expected: name, got: format });
  }
  const found = Number(text);
  if (!Number.isInteger(found) || found < 1) {
    throw damaged(`${name} without a version`, { where: path, expected: "a whole number from 1", got: text });
  }
  if (found > version) {
    throw new MmdinError("FORMAT", `${name} of a later version`, {
      where: path,
      expected: `version ${version} or earlier`,
      got: `version ${found}`,
      fix: "Update mmdin.",
    });
  }
}

/** Refuses a file whose tensors are not the expected ones, with every difference in one message. */
export function checkExpected(
  { entries }: Header,
  { path, expected }: { path: string; expected: ExpectedTensors },
): void {
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  const differences: string[] = [];
  for (const [name, { shape, dtype = "F32" }] of expected) {
    const entry = found.get(name);
    const wanted = typeText(dtype, shape);
    if (!entry) differences.push(`${name} ${wanted} is missing`);
    else if (typeText(entry.dtype, entry.shape) !== wanted) {
      differences.push(`${name} is ${typeText(entry.dtype, entry.shape)} and should be ${wanted}`);
    }
  }
  for (const name of found.keys()) if (!expected.has(name)) differences.push(`${name} is not known`);
  if (differences.length === 0) return;
  throw new MmdinError("FORMAT", "the tensors are not those of this model", {
    where: path,
    expected: `${expected.size} tensors`,
    got: `${found.size}, of which ${differences.join("; ")}`,
    fix: "Load the file with the options that it was written with.",
  });
}

export function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  return data instanceof Int32Array ? "I32" : "U8";
}

/** Numbers that a shape holds. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function parseEntry(value: unknown, { path, name }: { path: string; name: string }): HeaderEntry {
  const where = `${path}, tensor ${name}`;
  if (!isObject(value)) {
    throw damaged("the header's entry is not an object", { where, expected: "an object", got: JSON.stringify(value) });
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    const expected = Object.keys(ARRAYS).join(", ");
    throw damaged("a dtype that mmdin does not read", { where, expected, got: String(dtype) });
  }
  if (!isSizes(shape)) {
    throw damaged("the shape is no list of sizes", { where, expected: "whole numbers", got: JSON.stringify(shape) });
  }
  const [begin, end, ...more] = isSizes(offsets) ? offsets : [];
  const bytes = elements(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (begin === undefined || end === undefined || more.length > 0 || end - begin !== bytes) {
    const expected = `[begin, begin + ${bytes}] for ${typeText(dtype, shape)}`;
    throw damaged("the offsets do not fit the shape", { where, expected, got: JSON.stringify(offsets) });
  }
  return { name, dtype, shape, begin, end };
}

function typeText(dtype: Dtype, shape: readonly number[]): string {
  return `${dtype}[${shape.join(", ")}]`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(ARRAYS, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(problem: string, details: ErrorDetails): MmdinError {
  return new MmdinError("FORMAT", problem, { fix: "Copy the file anew, or train again.", ...details });
}

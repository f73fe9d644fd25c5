import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileProblem, MmdinError } from "../errors.js";
import { replaceFile } from "./atomic.js";
import {
  ARRAYS,
  checkExpected,
  checkFormat,
  dtypeOf,
  type ExpectedTensors,
  elements,
  type FormatName,
  LENGTH_BYTES,
  parseHeader,
  readHeader,
  type TensorData,
} from "./safetensors-header.js";

export interface Tensor {
  shape: readonly number[];
  data: TensorData;
}

export interface WriteOptions {
  /** Kept in the file's metadata as `format` and `version`. */
  format?: FormatName;
  /** Further texts by name. */
  metadata?: Readonly<Record<string, string>>;
}

export interface ReadOptions {
  /** Refuse a file of another format, or of a later version. */
  format?: FormatName;
  expected?: ExpectedTensors;
}

export interface SafetensorsFile {
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
}

const LARGEST_READ = 1 << 30;

/**
 * Writes named tensors as a safetensors file, whole or not at all.
 *
 * Layout: 8 bytes length of the header; the header, JSON with dtype, shape and place of each tensor, padded with spaces to
 * a multiple of 8; the numbers, little-endian, without gaps, the widest dtypes first so that each is aligned.
 *
 * @throws MmdinError SHAPE where a shape does not hold the data's length, IO where the file cannot be written.
 * Source: https://github.com/huggingface/safetensors (the format's description).
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  { format, metadata = {} }: WriteOptions = {},
): void {
  const texts = { ...metadata, ...(format && { format: format.name, version: String(format.version) }) };
  const header: Record<string, unknown> = Object.keys(texts).length === 0 ? {} : { __metadata__: texts };
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    if (elements(shape) !== data.length) {
      const expected = `${elements(shape)} numbers for [${shape.join(", ")}]`;
      throw new MmdinError("SHAPE", "a tensor's data does not fill its shape", {
        where: name,
        expected,
        got: `${data.length}`,
      });
    }
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = JSON.stringify(header);
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / LENGTH_BYTES) * LENGTH_BYTES).fill(0x20);
  padded.set(bytes);
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setBigUint64(0, BigInt(padded.length), true);
  replaceFile(path, (write) => {
    write(new Uint8Array(length.buffer));
    write(padded);
    for (const [, { data }] of ordered) write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

/**
 * Reads a safetensors file; every tensor gets memory of its own.
 *
 * @param options.expected names, shapes and dtypes that the file must have, no more and no less
 * @throws MmdinError FORMAT on a file that is cut off or damaged, holds a dtype other than F32, F64, I32 and U8, is of
 *   another format or a later version, or differs from what is expected (every difference is listed); IO where it cannot
 *   be read.
 */
export function readSafetensors(path: string, { format, expected }: ReadOptions = {}): SafetensorsFile {
  const file = attempt(path, () => openSync(path, "r"));
  try {
    const size = attempt(path, () => fstatSync(file).size);
    const read = (bytes: Uint8Array, position: number) => attempt(path, () => readAll(file, bytes, position));
    const { header: text, start } = readHeader(path, { size, read });
    const header = parseHeader(text, { path, dataBytes: size - start });
    if (format) checkFormat(header, { path, format });
    if (expected) checkExpected(header, { path, expected });
    const tensors = new Map<string, Tensor>();
    for (const { name, dtype, shape, begin } of header.entries) {
      const data = new ARRAYS[dtype](elements(shape));
      read(new Uint8Array(data.buffer), start + begin);
      tensors.set(name, { shape, data });
    }
    return { tensors, metadata: header.metadata };
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, Math.min(bytes.length - done, LARGEST_READ), position + done);
    if (count === 0) throw new Error("the file ended while it was read");
    done += count;
  }
}

function attempt<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    const got = fileProblem(cause);
    throw new MmdinError("IO", "the file could not be read", { where: path, got, cause });
  }
}

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import {
  Batch,
  Column,
  type DataType,
  field,
  fixedSizeList,
  float32,
  float64,
  int32,
  list,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  uint8,
  uint16,
  uint32,
  utf8,
} from "@uwdata/flechette";
import { MmdinError } from "../errors.js";

export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** A column to write: numbers, numbers in rows of a fixed width, ragged lists of whole numbers, or texts. */
export type ArrowColumn =
  | { kind: "numbers"; values: NumberArray }
  | { kind: "rows"; values: Int32Array | Float32Array; width: number }
  | { kind: "lists"; values: Int32Array; offsets: Int32Array }
  | { kind: "texts"; values: readonly string[] };

export interface FileEntry {
  bytes: number;
  sha256: string;
}

const NO_NULLS = new Uint8Array(0);
const CHUNK = 1 << 26;
/** A string has an end at 2^29 characters. */
const LONGEST_TEXT = 1 << 28;

/** Writes an Arrow IPC file of one record batch, without copying the columns, and returns its size and hash. */
export function writeArrow(path: string, columns: Record<string, ArrowColumn>): FileEntry {
  const table = tableFromColumns(Object.entries(columns).map(([name, column]) => [name, toColumn(column)]));
  const file = openSync(path, "wx");
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    const write = (part: Uint8Array): void => {
      writeAll(file, part);
      hash.update(part);
      bytes += part.byteLength;
    };
    const sink = { write, pad: (count: number) => write(new Uint8Array(count)), finish: () => null };
    tableToIPC(table, { format: "file", sink });
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}

/** Writes raw bytes and returns their size and hash. */
export function writeBytes(path: string, bytes: Uint8Array): FileEntry {
  const file = openSync(path, "wx");
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
  return { bytes: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Reads a file into shared memory and checks it against its entry. */
export function readShared(path: string, entry: FileEntry): Uint8Array<SharedArrayBuffer> {
  const file = open(path);
  try {
    const size = fstatSync(file).size;
    if (size !== entry.bytes) throw damaged(path, `${entry.bytes} bytes`, `${size} bytes`);
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let at = 0; at < size; ) at += readSync(file, bytes, at, Math.min(CHUNK, size - at), at);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== entry.sha256) throw damaged(path, `sha256 ${entry.sha256.slice(0, 12)}`, sha256.slice(0, 12));
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** The columns of an Arrow IPC file that `writeArrow` wrote; typed arrays are views of the file's bytes. */
export class ArrowColumns {
  readonly #path: string;
  readonly #columns = new Map<string, Batch<unknown>>();
  readonly rows: number;

  constructor(path: string, bytes: Uint8Array) {
    this.#path = path;
    const table = tableFromIPC(bytes);
    this.rows = table.numRows;
    for (const name of table.names) {
      const batch = table.getChild(name).data[0];
      if (batch) this.#columns.set(name, batch);
    }
  }

  int32 = (name: string): Int32Array => this.#numbers(this.#batch(name), name, Int32Array);
  uint32 = (name: string): Uint32Array => this.#numbers(this.#batch(name), name, Uint32Array);
  uint8 = (name: string): Uint8Array => this.#numbers(this.#batch(name), name, Uint8Array);
  float32 = (name: string): Float32Array => this.#numbers(this.#batch(name), name, Float32Array);
  float64 = (name: string): Float64Array => this.#numbers(this.#batch(name), name, Float64Array);

  /** Codes of the width they were written in. */
  codes(name: string): Uint8Array | Uint16Array | Int32Array {
    const { values } = this.#batch(name);
    if (values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Int32Array) return values;
    throw damaged(this.#path, `codes in column "${name}"`, "another type");
  }

  /** The values of a column of fixed-width rows, end to end. */
  float32Rows = (name: string): Float32Array => this.#numbers(this.#child(name), name, Float32Array);
  int32Rows = (name: string): Int32Array => this.#numbers(this.#child(name), name, Int32Array);

  /** The values of a column of lists, end to end, and where each begins. */
  lists(name: string): { values: Int32Array; offsets: Int32Array } {
    const { offsets } = this.#batch(name);
    if (!(offsets instanceof Int32Array)) throw damaged(this.#path, `lists in column "${name}"`, "another type");
    return { values: this.#numbers(this.#child(name), name, Int32Array), offsets: offsets.subarray(0, this.rows + 1) };
  }

  texts(name: string): string[] {
    const batch = this.#batch(name);
    return Array.from({ length: this.rows }, (_, i) => String(batch.at(i)));
  }

  #batch(name: string): Batch<unknown> {
    const batch = this.#columns.get(name);
    if (!batch) throw damaged(this.#path, `a column "${name}"`, [...this.#columns.keys()].join(", ") || "none");
    return batch;
  }

  #child(name: string): Batch<unknown> {
    const child = this.#batch(name).children?.[0];
    if (!child) throw damaged(this.#path, `lists in column "${name}"`, "another type");
    return child;
  }

  #numbers<T extends NumberArray>(batch: Batch<unknown>, name: string, type: new (length: number) => T): T {
    if (batch.values instanceof type) return batch.values;
    throw damaged(this.#path, `${type.name} in column "${name}"`, "another type");
  }
}

/** The error of a file of ours that is not as it was written. */
export function damaged(path: string, expected: string, got: string): MmdinError {
  const fix = "The file is damaged: prepare the dataset again, or copy it again from where it came.";
  return new MmdinError("FORMAT", "not as it was written", { where: path, expected, got, fix });
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    const fix = "Prepare the dataset again, or copy it again from where it came.";
    throw new MmdinError("FORMAT", "the file cannot be read", { where: path, fix, cause });
  }
}

function writeAll(file: number, part: Uint8Array): void {
  for (let at = 0; at < part.byteLength; ) at += writeSync(file, part, at, Math.min(CHUNK, part.byteLength - at));
}

function toColumn(column: ArrowColumn): Column<unknown> {
  if (column.kind === "texts") return textColumn(column.values);
  const { values } = column;
  const child = new Batch({ length: values.length, nullCount: 0, type: typeOf(values), validity: NO_NULLS, values });
  if (column.kind === "numbers") return new Column([child]);
  const inner = field("item", child.type, false);
  const length = column.kind === "rows" ? values.length / column.width : column.offsets.length - 1;
  const type = column.kind === "rows" ? fixedSizeList(inner, column.width) : list(inner);
  const base = { length, nullCount: 0, type, validity: NO_NULLS, children: [child] };
  return new Column([new Batch(column.kind === "rows" ? base : { ...base, offsets: column.offsets })]);
}

function textColumn(texts: readonly string[]): Column<unknown> {
  const encoder = new TextEncoder();
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const bytes = encoder.encode(characters <= LONGEST_TEXT ? texts.join("") : "");
  // A byte for each character: the texts are plain ASCII, and their lengths are those of their bytes.
  if (bytes.length === characters) return textsOf(texts.length, { values: bytes, lengthOf: (i) => texts[i]!.length });
  const parts = texts.map((text) => encoder.encode(text));
  const values = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return textsOf(texts.length, { values, lengthOf: (i) => parts[i]!.length });
}

function textsOf(
  length: number,
  { values, lengthOf }: { values: Uint8Array; lengthOf: (text: number) => number },
): Column<unknown> {
  const offsets = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) offsets[i + 1] = offsets[i]! + lengthOf(i);
  return new Column([new Batch({ length, nullCount: 0, type: utf8(), validity: NO_NULLS, offsets, values })]);
}

function typeOf(values: NumberArray): DataType {
  if (values instanceof Uint8Array) return uint8();
  if (values instanceof Uint16Array) return uint16();
  if (values instanceof Uint32Array) return uint32();
  if (values instanceof Int32Array) return int32();
  return values instanceof Float32Array ? float32() : float64();
}

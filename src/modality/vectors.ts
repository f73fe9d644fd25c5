import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { MmdinError, nameSome } from "../errors.js";
import { parseNpyHeader } from "./npy.js";

/** Vectors as they were read, one row of `values` per id. */
export interface VectorTable {
  dimension: number;
  ids: string[];
  values: Float32Array<ArrayBuffer>;
}

const CHUNK = 1 << 26;

/** Whether `<base>.f32` or `<base>.npy` exists; a base may carry its extension. */
export function hasVectorFile(base: string): boolean {
  return vectorPath(base) !== undefined;
}

/**
 * Reads `<base>.f32` (little-endian float32, row after row) or `<base>.npy` (two dimensions, C order, float32 or float64)
 * and `<base>.ids.json`, which is `{ "dim": D, "ids": [...] }` or, beside .npy, the list of ids alone.
 *
 * @throws MmdinError DATA where a file is missing, the lengths do not agree, an id comes twice or a value is not finite.
 */
export function readVectorFile(base: string, { where }: { where: string }): VectorTable {
  const path = vectorPath(base);
  if (!path) {
    const fix = "Check the name, and `root` (or --root).";
    throw new MmdinError("DATA", `no file ${base}.f32 or ${base}.npy`, { where, fix });
  }
  const { ids, dim } = readIds(path.replace(/\.(f32|npy)$/, ".ids.json"), where);
  const table = path.endsWith(".npy") ? readNpy(path, where) : readFloats(path, { dim, count: ids.length, where });
  const rows = table.dimension ? table.values.length / table.dimension : 0;
  if (dim !== undefined && dim !== table.dimension) {
    throw wrong(path, where, { expected: `${dim} numbers a vector, as .ids.json says`, got: String(table.dimension) });
  }
  if (rows !== ids.length) {
    throw wrong(path, where, { expected: `${ids.length} vectors, as .ids.json says`, got: String(rows) });
  }
  const vectors = { ...table, ids };
  checkVectors(vectors, { where: `${where}: ${basename(path)}` });
  return vectors;
}

/**
 * Refuses ids that come twice and values that are not finite.
 *
 * @throws MmdinError DATA naming some of the ids, or the row and the id.
 */
export function checkVectors({ ids, values, dimension }: VectorTable, { where }: { where: string }): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  if (twice.size > 0) {
    throw new MmdinError("DATA", `ids come more than once: ${nameSome([...twice])}`, {
      where,
      fix: "Keep one vector per id.",
    });
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const row = Math.floor(i / dimension);
    const place = `row ${row} (id ${JSON.stringify(ids[row])}), number ${i % dimension}`;
    const fix = "Leave the id out where there is no vector: a missing vector is learned.";
    throw new MmdinError("DATA", `a value is not finite in ${place}`, {
      where,
      expected: "finite numbers",
      got: String(values[i]),
      fix,
    });
  }
}

function vectorPath(base: string): string | undefined {
  if (/\.(f32|npy)$/.test(base)) return existsSync(base) ? base : undefined;
  return [`${base}.f32`, `${base}.npy`].find((path) => existsSync(path));
}

function readIds(path: string, where: string): { ids: string[]; dim: number | undefined } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new MmdinError("DATA", `the ids of the vectors cannot be read from ${path}`, {
      where,
      expected: '{ "dim": D, "ids": [...] }',
      cause,
    });
  }
  const ids: unknown = Array.isArray(parsed) ? parsed : isRecord(parsed) ? parsed.ids : undefined;
  const dim = isRecord(parsed) && !Array.isArray(parsed) ? parsed.dim : undefined;
  if (!Array.isArray(ids) || !(dim === undefined || (typeof dim === "number" && Number.isInteger(dim) && dim > 0))) {
    throw new MmdinError("DATA", `${basename(path)} is not what it should be`, {
      where,
      expected: '{ "dim": D, "ids": [...] }',
    });
  }
  return { ids: ids.map(String), dim };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

type Values = Pick<VectorTable, "dimension" | "values">;

function readFloats(
  path: string,
  { dim, count, where }: { dim: number | undefined; count: number; where: string },
): Values {
  if (dim === undefined) {
    throw new MmdinError("DATA", `${basename(path)} has no length of a vector`, {
      where,
      expected: `{ "dim": D, "ids": [...] } in its .ids.json`,
      got: "ids alone",
    });
  }
  const bytes = readBytes(path);
  if (bytes.byteLength !== dim * count * 4) {
    const expected = `${dim * count * 4} bytes (${count} ids x ${dim} x 4)`;
    throw wrong(path, where, { expected, got: `${bytes.byteLength} bytes` });
  }
  return { dimension: dim, values: new Float32Array(bytes.buffer) };
}

function readNpy(path: string, where: string): Values {
  const bytes = readBytes(path);
  const { type, rows, columns, offset } = parseNpyHeader(bytes, { where: `${where}: ${basename(path)}` });
  const width = type === "f4" ? 4 : 8;
  const size = rows * columns * width;
  if (bytes.byteLength - offset !== size) {
    throw wrong(path, where, {
      expected: `${size} bytes of numbers, as its header says`,
      got: String(bytes.byteLength - offset),
    });
  }
  const data = bytes.buffer.slice(offset);
  return {
    dimension: columns,
    values: type === "f4" ? new Float32Array(data) : Float32Array.from(new Float64Array(data)),
  };
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    for (let at = 0; at < bytes.byteLength; ) {
      const read = readSync(file, bytes, at, Math.min(CHUNK, bytes.byteLength - at), at);
      if (read === 0) break;
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function wrong(path: string, where: string, { expected, got }: { expected: string; got: string }): MmdinError {
  const fix = "Write the vectors and their ids together again.";
  return new MmdinError("DATA", `${basename(path)} does not fit its ids`, { where, expected, got, fix });
}

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Writes records into a temporary file, one JSON object a line, which only this user can read; its path. Who asks removes it.
 */
export function recordFile(records: readonly Readonly<Record<string, unknown>>[]): string {
  const path = join(tmpdir(), `mmdin-items-${randomUUID()}.jsonl`);
  // Typed arrays are lists; an id can be a bigint.
  const plain = (_: string, value: unknown): unknown => {
    if (typeof value === "bigint") return String(value);
    return value instanceof Float32Array || value instanceof Float64Array ? [...value] : value;
  };
  const lines = records.map((record) => `${JSON.stringify(record, plain)}\n`);
  writeFileSync(path, lines.join(""), { flag: "wx", mode: 0o600 });
  return path;
}

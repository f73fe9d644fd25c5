import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { MmdinError } from "../errors.js";
import type { FileEntry } from "./arrow-file.js";

/**
 * Reads the manifest of a folder of ours.
 *
 * @throws MmdinError FORMAT where it is missing, no JSON, of another format or of another version.
 */
export function readManifest<T extends { format: string; version: number }>(
  path: string,
  {
    format,
    version,
    problem = `not a folder of format ${format}`,
  }: { format: string; version: number; problem?: string },
): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const fix = "Give a folder that `mmdin prepare` wrote.";
    throw new MmdinError("FORMAT", problem, { where: path, expected: "this file", got: "none", fix, cause });
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new MmdinError("FORMAT", "the file is damaged: it is no JSON", {
      where: path,
      fix: "Prepare the dataset again.",
      cause,
    });
  }
  if (!isManifest<T>(manifest, format)) {
    const got =
      typeof manifest === "object" && manifest !== null && "format" in manifest
        ? `"${String(manifest.format)}"`
        : "no format";
    throw new MmdinError("FORMAT", problem, { where: path, expected: `format "${format}"`, got });
  }
  if (manifest.version !== version) {
    const fix =
      manifest.version > version ? "Use a newer mmdin, or prepare the dataset again." : "Prepare the dataset again.";
    throw new MmdinError("FORMAT", `another version of ${format}`, {
      where: path,
      expected: `version ${version}`,
      got: `version ${manifest.version}`,
      fix,
    });
  }
  return manifest;
}

export function writeManifest(path: string, manifest: { format: string; version: number }): void {
  writeFileSync(path, `${JSON.stringify(manifest, null, 1)}\n`, { flag: "wx" });
}

/** sha256 over the names and hashes of files, sorted by name. */
export function hashOf(files: Record<string, FileEntry>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort()) hash.update(`${name} ${files[name]!.sha256}\n`);
  return hash.digest("hex");
}

/** Size and hash of a file, read piece by piece: it may be larger than an array can be. */
export function entryOfFile(path: string): FileEntry {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1 << 22);
  const file = openSync(path, "r");
  try {
    let bytes = 0;
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}

function isManifest<T extends { format: string; version: number }>(value: unknown, format: string): value is T {
  if (typeof value !== "object" || value === null || !("format" in value) || !("version" in value)) return false;
  return value.format === format && typeof value.version === "number";
}

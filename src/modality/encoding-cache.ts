import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { fileProblem, MmdinError } from "../errors.js";
import { type Encoder, type Features, isUnreadable, type Unreadable } from "./encoder.js";

/** In front of each entry: what its numbers are. */
const FLOATS = 1;
const INTEGERS = 2;
const REASON = 3;
const HEAD = 4; // keeps the numbers aligned

/** The sha256 of a content. */
export function contentHash(content: string | Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

/**
 * Features on disk, and why a content has none, by the sha256 of (format, encoder id, encoder version, content). A crash loses at most what was written
 * last; several processes can share a folder; removing it loses nothing but time.
 */
export class EncodingCache {
  readonly #database: RootDatabase<Buffer, Buffer>;

  /** @throws MmdinError IO where the folder cannot be used. */
  constructor(folder: string) {
    try {
      mkdirSync(folder, { recursive: true });
      this.#database = open<Buffer, Buffer>({
        path: join(folder, "encodings"),
        encoding: "binary",
        keyEncoding: "binary",
      });
    } catch (cause) {
      const fix = "Choose another folder for the cache (--cache DIR), or none (--cache none).";
      throw new MmdinError("IO", "the cache of encodings cannot be opened", {
        where: folder,
        got: fileProblem(cause),
        fix,
        cause,
      });
    }
  }

  get(encoder: Pick<Encoder, "id" | "version">, content: Buffer): Features | Unreadable | undefined {
    const entry = this.#database.get(keyOf(encoder, content));
    if (entry?.[0] === REASON) return { unreadable: entry.toString("utf8", HEAD) };
    if (entry === undefined || entry.length % 4 !== 0) return undefined;
    const numbers = entry.buffer.slice(entry.byteOffset + HEAD, entry.byteOffset + entry.length);
    if (entry[0] === FLOATS) return new Float32Array(numbers);
    return entry[0] === INTEGERS ? new Int32Array(numbers) : undefined;
  }

  put(encoder: Pick<Encoder, "id" | "version">, content: Buffer, features: Features | Unreadable): void {
    if (isUnreadable(features)) {
      const reason = Buffer.concat([Buffer.alloc(HEAD, REASON), Buffer.from(features.unreadable)]);
      this.#database.put(keyOf(encoder, content), reason);
      return;
    }
    const entry = Buffer.alloc(HEAD + features.byteLength);
    entry[0] = features instanceof Float32Array ? FLOATS : INTEGERS;
    entry.set(new Uint8Array(features.buffer, features.byteOffset, features.byteLength), HEAD);
    this.#database.put(keyOf(encoder, content), entry);
  }

  /** Waits until all is on disk. */
  async close(): Promise<void> {
    await this.#database.close();
  }
}

function keyOf({ id, version }: Pick<Encoder, "id" | "version">, content: Buffer): Buffer {
  return createHash("sha256").update(`mmdin-encoding 1\n${id}\n${version}\n`).update(content).digest();
}

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileProblem, MmdinError } from "../errors.js";

/** Writes one piece of a file; pieces follow one another. */
export type WritePiece = (bytes: Uint8Array) => void;

const LARGEST_WRITE = 1 << 30;

/**
 * Writes a file in pieces, so that a reader sees the old file or the whole new one and nothing between: the pieces go to
 * a temporary file beside it, which is flushed to the disk and renamed. Folders on the way are made. Where anything
 * fails, the temporary file is removed and the old one stays.
 *
 * @throws MmdinError IO with the path and the system's reason; an error of `produce` itself as it is.
 */
export function replaceFile(path: string, produce: (write: WritePiece) => void): void {
  const replacement = new Replacement(path);
  try {
    produce((bytes) => replacement.write(bytes));
    replacement.finish();
  } finally {
    replacement.discard();
  }
}

/** As {@link replaceFile}, with pieces that come with time; an error of theirs is thrown as it is. */
export async function replaceFileFrom(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const replacement = new Replacement(path);
  try {
    for await (const bytes of pieces) replacement.write(bytes);
    replacement.finish();
  } finally {
    replacement.discard();
  }
}

/** A file that is being written beside the one whose place it will take. */
class Replacement {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;
  #open = true;
  #done = false;

  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
    this.#file = attempt(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(this.#temporary, "w");
    });
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => writeAll(this.#file, bytes));
  }

  /** Puts it in place, when the disk has it. */
  finish(): void {
    attempt(this.#path, () => fsyncSync(this.#file));
    this.#close();
    attempt(this.#path, () => renameSync(this.#temporary, this.#path));
    this.#done = true;
  }

  /** Removes what is left of it, where it was not put in place. */
  discard(): void {
    this.#close();
    if (!this.#done) rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

/** Writes a text (as UTF-8) or bytes as one file, whole or not at all. Errors as {@link replaceFile}. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  replaceFile(path, (write) => write(typeof data === "string" ? new TextEncoder().encode(data) : data));
}

/** Writes a value as indented JSON with a last newline, whole or not at all. Errors as {@link replaceFile}. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, Math.min(bytes.length - written, LARGEST_WRITE));
  }
}

function attempt<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    const got = fileProblem(cause);
    throw new MmdinError("IO", "the file could not be written", { where: path, got, cause });
  }
}

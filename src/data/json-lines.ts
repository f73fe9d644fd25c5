import { closeSync, openSync, readSync } from "node:fs";

const CHUNK = 1 << 20;

/**
 * The line, from 1, that is no JSON: the reported one or the one before it, where the report counts from a line that
 * could not be told apart. Where neither is wrong by itself, the reported one.
 */
export function lineOfBadJson(path: string, reported: number): number {
  const near = linesOf(path, reported - 1, reported);
  return near.find(({ text }) => !isJson(text))?.line ?? reported;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text.trim() === "";
  }
}

/** Lines `from` to `to` of a file, counted from 1; none where it cannot be read as lines. */
function linesOf(path: string, from: number, to: number): { line: number; text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return lines; // a remote or compressed file: the report stands
  }
  try {
    const chunk = Buffer.alloc(CHUNK);
    let line = 1;
    let text = "";
    for (let size = readSync(file, chunk); size > 0 && line <= to; size = readSync(file, chunk)) {
      const parts = chunk.toString("utf8", 0, size).split("\n");
      for (const [k, part] of parts.entries()) {
        if (k > 0) {
          if (line >= from && line <= to) lines.push({ line, text });
          line++;
          text = "";
        }
        text += part;
      }
    }
    if (line >= from && line <= to) lines.push({ line, text });
    return lines;
  } finally {
    closeSync(file);
  }
}

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileProblem, MmdinError } from "../errors.js";
import { isRunning } from "./run-folder.js";

/** The runs that this process has taken. A lock that names it and is none of these was left by an earlier process of its number. */
const held = new Set<string>();

/**
 * Takes a run (or another folder that is changed in place: `what`) for this process, so that two that change it at once do not
 * lose what the other did. A lock of a process that is gone is taken over.
 *
 * @returns what gives the run back.
 * @throws MmdinError IO where it is taken, or the folder cannot be written to.
 */
export function lockRun(run: string, { what = "run" }: { what?: string } = {}): () => void {
  const path = resolve(join(run, "changing.lock"));
  const take = (): boolean => {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return true;
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
      throw new MmdinError("IO", `the ${what} cannot be changed`, { where: run, got: fileProblem(cause), cause });
    }
  };
  if (held.has(path) || !(take() || (moveAway(path) && take()))) {
    const fix = `Wait until it is done. If nothing changes it, remove ${path}.`;
    throw new MmdinError("IO", `something else changes this ${what} just now`, { where: run, fix });
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

/** Moves a lock away whose process is gone; of several that try at once, one succeeds. */
function moveAway(path: string): boolean {
  const aside = `${path}.${process.pid}`;
  try {
    const owner = Number(readFileSync(path, "utf8"));
    if (owner > 0 && owner !== process.pid && isRunning(owner)) return false;
    renameSync(path, aside);
  } catch (cause) {
    // Another one has moved it, or given the run back: whoever takes it next has it.
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return true;
    throw cause;
  }
  rmSync(aside, { force: true });
  return true;
}

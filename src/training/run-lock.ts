import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
  if (held.has(path) || !take(path, { run, what })) {
    const fix = `Wait until it is done. If nothing changes it, remove ${path}.`;
    throw new MmdinError("IO", `something else changes this ${what} just now`, { where: run, fix });
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

function take(path: string, { run, what }: { run: string; what: string }): boolean {
  const own = `${path}.${process.pid}`;
  try {
    writeFileSync(own, String(process.pid));
    return place(own, path) || (moveAway(path) && place(own, path));
  } catch (cause) {
    throw new MmdinError("IO", `the ${what} cannot be changed`, { where: run, got: fileProblem(cause), cause });
  } finally {
    rmSync(own, { force: true });
  }
}

/** Gives a file the lock's name too, unless something has it: the lock is there with its content or not at all. */
function place(file: string, path: string): boolean {
  try {
    linkSync(file, path);
    return true;
  } catch (cause) {
    if (isError(cause, ["EEXIST"])) return false;
    // Some file systems (exFAT, some network shares) know no links.
    if (!isError(cause, ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])) throw cause;
  }
  try {
    writeFileSync(path, readFileSync(file), { flag: "wx" });
    return true;
  } catch (cause) {
    if (isError(cause, ["EEXIST"])) return false;
    throw cause;
  }
}

/**
 * Moves a lock away whose process is gone. Another process may have done so, and taken the run, after this one has read the old
 * lock: what was moved is then the new one, and goes back.
 */
function moveAway(path: string): boolean {
  const aside = `${path}.${process.pid}.old`;
  try {
    const seen = readFileSync(path, "utf8");
    const owner = Number(seen);
    if (owner > 0 && owner !== process.pid && isRunning(owner)) return false;
    renameSync(path, aside);
    const same = readFileSync(aside, "utf8") === seen;
    if (!same) place(aside, path);
    rmSync(aside, { force: true });
    return same;
  } catch (cause) {
    // Another one has moved it, or given the run back: whoever takes it next has it.
    if (isError(cause, ["ENOENT"])) return true;
    throw cause;
  }
}

const isError = (cause: unknown, codes: readonly string[]): boolean =>
  cause instanceof Error && "code" in cause && codes.includes(String(cause.code));

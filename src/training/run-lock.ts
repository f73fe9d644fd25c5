import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileProblem, MmdinError } from "../errors.js";
import { isRunning } from "./run-folder.js";

/**
 * Takes a run for this process, so that two that change it at once do not lose what the other did. A lock of a process that is gone
 * is taken over.
 *
 * @returns what gives the run back.
 * @throws MmdinError IO where another process has it, or the folder cannot be written to.
 */
export function lockRun(run: string): () => void {
  const path = join(run, "changing.lock");
  const take = () => writeFileSync(path, String(process.pid), { flag: "wx" });
  try {
    take();
  } catch (cause) {
    if (!isTaken(cause)) {
      throw new MmdinError("IO", "the run cannot be changed", { where: run, got: fileProblem(cause), cause });
    }
    const owner = Number(readFileSync(path, "utf8"));
    if (isRunning(owner)) {
      const got = `process ${owner}`;
      throw new MmdinError("IO", "another process changes this run", { where: run, got, fix: "Wait for it.", cause });
    }
    rmSync(path, { force: true });
    take();
  }
  return () => rmSync(path, { force: true });
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EEXIST";
}

import { readFileSync } from "node:fs";
import { fileProblem, MmdinError } from "../errors.js";

/**
 * The text of a configuration file.
 *
 * @throws MmdinError IO where it cannot be read: `problem`, what is at the path, and `fix`.
 */
export function readConfigText(path: string, { problem, fix }: { problem: string; fix: string }): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new MmdinError("IO", problem, { where: path, got: fileProblem(cause), fix, cause });
  }
}

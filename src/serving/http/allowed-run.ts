import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { HttpProblem } from "./http-problem.js";

/** The folders that a request may name as the next run. */
export class AllowedRuns {
  readonly #root: string;
  readonly #first: string;

  /** @param options.runs folder below which runs may be taken; default: the one that holds the first run. */
  constructor(first: string, { runs }: { runs?: string | undefined } = {}) {
    this.#first = resolve(first);
    this.#root = runs === undefined ? dirname(this.#first) : resolve(runs);
  }

  /**
   * The folder that `run` names, absolute or relative to the folder of runs: as it is named, and where its symbolic links lead.
   *
   * @throws HttpProblem REQUEST where it leads out of that folder, or to nothing.
   */
  folder(run: string): { path: string; real: string } {
    const wanted = resolve(this.#root, run);
    if (wanted === this.#first) return { path: wanted, real: wanted };
    const refuse = (problem: string): never => {
      const expected = "a folder below the one that runs are taken from (`--runs`)";
      const got = JSON.stringify(run);
      throw new HttpProblem("REQUEST", `run: ${problem}: expected ${expected}, got ${got}`, [
        { where: "run", problem, expected, got },
      ]);
    };
    if (run.includes("\0")) return refuse("not a path");
    // The path is looked at before the disk is: what is outside is refused alike, whether it is there or not.
    if (!inside(this.#root, wanted)) return refuse("this path leads out of the folder of runs");
    let real: string;
    try {
      real = realpathSync(wanted);
    } catch {
      return refuse("there is nothing at this path");
    }
    if (!inside(realpathSync(this.#root), real)) return refuse("this path leads out of the folder of runs");
    return { path: wanted, real };
  }
}

function inside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

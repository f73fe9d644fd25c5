import { join } from "node:path";
import type { ReportTrial } from "../report/report.js";
import type { CellResult, CellTask } from "./cell.js";
import { folderOf, type Plan } from "./plan.js";
import type { NamedTask } from "./run-cells.js";

/** The cells of a plan, in the order in which they are run: the trials of all lines, then seed after seed. */
export class CellTasks {
  readonly #plan: Plan;
  readonly #common: Pick<CellTask, "data" | "hash" | "threads" | "keepRun">;
  readonly #out: string;

  constructor(
    plan: Plan,
    { out, ...common }: { out: string } & Pick<CellTask, "data" | "hash" | "threads" | "keepRun">,
  ) {
    this.#plan = plan;
    this.#out = out;
    this.#common = common;
  }

  trials(): NamedTask[] {
    return this.#plan.lines.flatMap(({ name: line, model, set, trials }) =>
      trials.map((drawn, t) => {
        const folder = join(this.#out, "trials", folderOf(line), String(t + 1));
        const seed = this.#plan.tuning?.seed ?? 0;
        const own = { model, set: [...set, ...drawn], seed, folder, purpose: "trial" as const };
        return { line, seed: `trial ${t + 1}` as const, task: { ...this.#common, ...own, keepRun: false } };
      }),
    );
  }

  /** @param chosen options of each line after tuning. */
  tests(chosen: ReadonlyMap<string, { set: string[] }>): NamedTask[] {
    return this.#plan.seeds.flatMap((seed) =>
      this.#plan.lines.map(({ name: line, model }) => {
        const folder = join(this.#out, "cells", folderOf(line), String(seed));
        const { set } = chosen.get(line)!;
        return {
          line,
          seed,
          task: { ...this.#common, model, set, seed, folder, purpose: "test" as const },
        };
      }),
    );
  }
}

/** The options of each line after tuning: those of the trial whose log-loss on validation is lowest; the earlier one where two are alike. */
export function chooseTrials(
  plan: Plan,
  results: readonly (CellResult | null)[],
): Map<string, { set: string[]; trials: ReportTrial[] }> {
  const chosen = new Map<string, { set: string[]; trials: ReportTrial[] }>();
  let next = 0;
  for (const { name, set, trials } of plan.lines) {
    const own = results.slice(next, next + trials.length);
    next += trials.length;
    let best = 0;
    own.forEach((result, t) => {
      const [value, before] = [result?.value ?? null, own[best]?.value ?? null];
      if (value !== null && (before === null || value < before)) best = t;
    });
    const tried = own.map((result, t) => ({
      set: trials[t]!,
      value: result?.value ?? null,
      error: result?.error ?? null,
      chosen: t === best,
    }));
    chosen.set(name, { set: [...set, ...(trials[best] ?? [])], trials: tried });
  }
  return chosen;
}

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ProgressUpdate } from "../../contract.js";
import { type CellResult, type CellTask, readCell, runCell } from "./cell.js";

/** What is told of one cell as it goes on. */
export interface CellUpdate {
  line: string;
  /** A trial of the line's tuning is no seed. */
  seed: CellName;
  state: "running" | "finished" | "failed";
  /** How far its epoch, or its scoring, has come. */
  share?: number;
  /** What it is doing. */
  phase?: string;
  /** AUC on test, or on validation for a trial. */
  auc?: number | null;
  error?: string;
}

export type CellName = number | `trial ${number}`;

export interface NamedTask {
  line: string;
  seed: CellName;
  task: CellTask;
}

export interface RunCellsOptions {
  /** Trainings at a time. */
  jobs: number;
  /** Whether cells that failed are tried again. */
  retry: boolean;
  signal?: AbortSignal | undefined;
  onCell?: ((update: CellUpdate) => void) | undefined;
}

/**
 * Runs the cells that are not done yet, several at a time, in their order. Asked to stop, it ends with those that are done. A
 * finished cell whose run is wanted and not there is run again.
 *
 * @returns the result of each cell, null where it was not run.
 */
export async function runCells(
  cells: readonly NamedTask[],
  { jobs, retry, signal, onCell }: RunCellsOptions,
): Promise<(CellResult | null)[]> {
  const results: (CellResult | null)[] = cells.map(({ task }) => {
    const found = readCell(task);
    if (found && !task.keepRun) rmSync(join(task.folder, "run"), { recursive: true, force: true }); // of a process that was killed
    if (found?.state === "finished" && task.keepRun && !existsSync(join(task.folder, "run"))) return null;
    return found?.state === "failed" && retry ? null : found;
  });
  const tell = ({ line, seed }: NamedTask, result: CellResult): void =>
    onCell?.({
      line,
      seed,
      state: result.state,
      auc: result.evaluation?.metrics.auc ?? result.validations.at(-1)?.auc ?? null,
      ...(result.error !== null && { error: result.error }),
    });
  cells.forEach((named, i) => {
    if (results[i]) tell(named, results[i]);
  });
  const waiting = cells.flatMap((named, i) => (results[i] === null ? [{ named, i }] : []));
  let failure: unknown;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (signal?.aborted || failure !== undefined) return;
      const { named, i } = next;
      const { line, seed, task } = named;
      const progress = ({ phase, done, total }: ProgressUpdate): void =>
        onCell?.({ line, seed, state: "running", phase, ...(total && { share: done / total }) });
      onCell?.({ line, seed, state: "running" });
      try {
        results[i] = await runCell(task, { signal, progress });
        if (results[i]) tell(named, results[i]);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  if (failure !== undefined) throw failure;
  return results;
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RunConfig } from "../../config/run-config.js";
import type { Progress } from "../../contract.js";
import { writeJsonAtomic } from "../../data/atomic.js";
import { readSafetensors, writeSafetensors } from "../../data/safetensors.js";
import { MmdinError } from "../../errors.js";
import { packageVersion } from "../../package-version.js";
import { onnxRuntime } from "../../runtime/onnxruntime.js";
import { type Evaluation, score, train, trainConfig } from "../../training/index.js";

const CELL = { format: "mmdin-cell", version: 1 } as const;
const SCORES = { name: "mmdin-scores", version: 1 };

/** One training of a comparison: a line with a seed, or a trial of its tuning. */
export interface CellTask {
  /** Folder of the cell. */
  folder: string;
  data: string;
  /** Hash of the dataset. */
  hash: string;
  model: string;
  set: readonly string[];
  seed: number;
  threads: number;
  /** A trial is judged on validation and never scored on test. */
  purpose: "test" | "trial";
  /** Whether the run folder is kept beside the cell. */
  keepRun: boolean;
}

/** What is known of a cell once it has ended. */
export interface CellResult {
  format: typeof CELL.format;
  version: number;
  /** Of everything that decides the numbers: options, seed, dataset, threads, version of mmdin. */
  identity: string;
  state: "finished" | "failed";
  /** What went wrong, where it failed. */
  error: string | null;
  /** Log-loss of the best validation, which every line is judged by; null where it failed. */
  value: number | null;
  parameters: number | null;
  stopped: string | null;
  steps: number | null;
  validations: { step: number; loss: number | null; logLoss: number | null; auc: number | null }[];
  /** On test; null for a trial. */
  evaluation: Evaluation | null;
  times: { seconds: number | null; rowsPerSecond: number | null };
}

/** Logits and ranks of a cell on test, as its models answer. */
export interface CellScores {
  logits: Float32Array;
  /** Before calibration; null where a model counts, whose scores are no logits. */
  rawLogits: Float32Array | null;
  ranks: Float32Array | null;
}

/** What decides the numbers of a cell: two cells of one identity end alike. */
export function cellIdentity({ hash, model, set, seed, threads, purpose }: CellTask): string {
  const versions = { mmdin: packageVersion(), onnxruntime: onnxRuntime().env.versions.node ?? "" };
  const machine = `${process.platform} ${process.arch}`;
  const parts = { config: cellConfig({ model, set, seed }), hash, threads, purpose, versions, machine };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function cellConfig({ model, set, seed }: Pick<CellTask, "model" | "set" | "seed">): RunConfig {
  return trainConfig([...set, `model=${model}`, `seed=${seed}`]);
}

/** The result that lies in a cell's folder, where it is one of this task and all of it is there; else null. */
export function readCell(task: CellTask): CellResult | null {
  const { folder, purpose } = task;
  const found = readJson(join(folder, "cell.json"));
  const { format, version, identity, state } = found;
  if (format !== CELL.format || version !== CELL.version || identity !== cellIdentity(task)) return null;
  if (purpose === "test" && state === "finished" && readCellScores(folder) === null) return null;
  return found as CellResult;
}

/** What cannot be read is nothing: the cell is made again. */
function readJson(path: string): Partial<CellResult> {
  if (!existsSync(path)) return {};
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as Partial<CellResult> | null) ?? {};
  } catch {
    return {};
  }
}

/** The scores in a cell's folder; null where they are not there whole. */
export function readCellScores(folder: string): CellScores | null {
  const path = join(folder, "scores.safetensors");
  if (!existsSync(path)) return null;
  try {
    const { tensors } = readSafetensors(path, { format: SCORES });
    const column = (name: string): Float32Array | null => {
      const data = tensors.get(name)?.data;
      return data instanceof Float32Array ? data : null;
    };
    const logits = column("logits");
    return logits && { logits, rawLogits: column("rawLogits"), ranks: column("ranks") };
  } catch (error) {
    if (error instanceof MmdinError && error.code === "FORMAT") return null;
    throw error;
  }
}

/**
 * Trains and measures one cell, and writes what came out: cell.json last, so that it is there only where all is. An error of the
 * model's own (it diverges, its options do not fit) is a result like any other; one of the disk is thrown.
 *
 * @returns null where it was asked to stop: nothing is written then.
 */
export async function runCell(
  task: CellTask,
  { signal, progress }: { signal?: AbortSignal | undefined; progress?: Progress | undefined },
): Promise<CellResult | null> {
  const { folder, data, model, set, seed, threads, purpose } = task;
  const run = join(folder, "run");
  const validations: CellResult["validations"] = [];
  rmSync(join(folder, "cell.json"), { force: true });
  rmSync(run, { recursive: true, force: true });
  let result: CellResult;
  try {
    const summary = await train({
      data,
      out: run,
      model,
      set,
      seed,
      threads,
      signal,
      progress,
      onValidation: ({ step, loss, logLoss, auc }) => validations.push({ step, loss, logLoss, auc }),
    });
    if (signal?.aborted) return null;
    if (summary.dataset.hash !== task.hash) {
      const fix = "Start the command again, with another --out";
      throw new MmdinError("MISMATCH", "the dataset was prepared again while it was compared on", { where: data, fix });
    }
    const { best, parameters, result: outcome } = summary;
    const scored = purpose === "test" ? await score({ run, data, threads, progress }) : null;
    if (signal?.aborted) return null;
    if (scored) {
      const { logits, rawLogits, ranks, evaluation } = scored;
      const columns = {
        logits,
        ...(evaluation.calibration.before && { rawLogits }),
        ...(ranks && { ranks: Float32Array.from(ranks) }),
      };
      const tensors = new Map(
        Object.entries(columns).map(([name, column]) => [name, { shape: [column.length], data: column }]),
      );
      writeSafetensors(join(folder, "scores.safetensors"), tensors, { format: SCORES });
    }
    result = {
      ...CELL,
      identity: cellIdentity(task),
      state: "finished",
      error: null,
      value: best?.logLoss ?? null,
      parameters,
      stopped: outcome?.stopped ?? null,
      steps: outcome?.steps ?? null,
      validations,
      evaluation: scored?.evaluation ?? null,
      times: { seconds: outcome?.seconds ?? null, rowsPerSecond: outcome?.rowsPerSecond ?? null },
    };
  } catch (error) {
    if (isOfThePlace(error)) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    result = failedCell(task, { error: problem, validations });
  }
  if (!task.keepRun || result.state === "failed") rmSync(run, { recursive: true, force: true });
  const path = join(folder, "cell.json");
  writeJsonAtomic(path, result);
  // As a later start will read it: what JSON does not hold (an infinite loss) is null from the first.
  return JSON.parse(readFileSync(path, "utf8")) as CellResult;
}

/** Whether the disk or the dataset is to blame, so that the other cells would fail as well. */
function isOfThePlace(error: unknown): boolean {
  return error instanceof MmdinError && ["IO", "FORMAT", "MISMATCH"].includes(error.code);
}

function failedCell(
  task: CellTask,
  { error, validations }: Pick<CellResult, "validations"> & { error: string },
): CellResult {
  return {
    ...CELL,
    identity: cellIdentity(task),
    state: "failed",
    error,
    value: null,
    parameters: null,
    stopped: null,
    steps: null,
    validations,
    evaluation: null,
    times: { seconds: null, rowsPerSecond: null },
  };
}

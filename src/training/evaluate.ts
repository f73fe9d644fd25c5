import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Progress, ProgressUpdate } from "../contract.js";
import type { Split } from "../data/index.js";
import type { GaucWeighting } from "../metrics/index.js";
import type { Device } from "../runtime/executor.js";
import { runJob } from "../runtime/job.js";
import type { Evaluation, ScoredSplit, ScoreJob } from "./score-job.js";

export interface EvaluateOptions {
  /** Folder that `train` wrote. */
  run: string;
  /** Prepared dataset; default: the one that the run was trained on, where it lay then. */
  data?: string | undefined;
  /** Default "test". */
  split?: Split | undefined;
  /** What a user weighs in gAUC; default "impressions". */
  weighting?: GaucWeighting | undefined;
  threads?: number | undefined;
  device?: string | undefined;
  progress?: Progress | undefined;
}

/**
 * Measures a run on a split: AUC, gAUC, log-loss, PR-AUC, accuracy, ECE, over all rows and over slices of them (by events of
 * the item and of the user in training, length of the history, and missing modalities: `slicesOf`); HR@10, NDCG@10 and MRR where the dataset has
 * fixed candidates.
 *
 * @throws MmdinError MISMATCH where the run was trained on another dataset, FORMAT on a damaged folder.
 * @example
 * const { metrics, slices } = await evaluate({ run: "runs/first" });
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  return (await score(options)).evaluation;
}

/** As `evaluate`, with the calibrated and the raw logit of every row and the rank of every held-out positive. */
export async function score({
  run,
  data,
  split = "test",
  weighting = "impressions",
  threads,
  device,
  progress,
}: EvaluateOptions): Promise<ScoredSplit> {
  const job: ScoreJob = {
    run: resolve(run),
    ...(data !== undefined && { data: resolve(data) }),
    split,
    weighting,
    threads: threads ?? availableParallelism(),
    device: (device ?? "cpu") as Device,
  };
  return runJob<ScoredSplit, ProgressUpdate>("score-worker", {
    base: import.meta.url,
    data: job,
    ...(progress && { onUpdate: progress }),
  });
}

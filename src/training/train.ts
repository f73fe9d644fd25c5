import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Progress } from "../contract.js";
import { packageVersion } from "../package-version.js";
import type { Device } from "../runtime/executor.js";
import { runJob } from "../runtime/job.js";
import { onnxRuntime } from "../runtime/onnxruntime.js";
import type { Validation } from "./fit.js";
import type { RunManifest } from "./run-folder.js";
import { trainConfig } from "./train-config.js";
import type { TrainJob, TrainUpdate } from "./train-job.js";

export interface TrainOptions {
  /** Folder of a prepared dataset. */
  data: string;
  /** Folder to write the run to; an older run there is replaced as soon as this one has weights. */
  out: string;
  /** Default "mmdin". */
  model?: string | undefined;
  /** A run.yaml. */
  config?: string | undefined;
  /** Overrides such as `optimizer.learningRate=0.002`. */
  set?: readonly string[] | undefined;
  seed?: number | undefined;
  epochs?: number | undefined;
  /** Threads that compute; default one per core. */
  threads?: number | undefined;
  /** Default "cpu". */
  device?: string | undefined;
  /** Aborted, training ends cleanly and keeps the best so far. */
  signal?: AbortSignal | undefined;
  progress?: Progress | undefined;
  onValidation?: ((validation: Validation) => void) | undefined;
}

/** A finished run: its folder and what its manifest says. */
export interface TrainSummary extends RunManifest {
  run: string;
}

/**
 * Trains a model on a prepared dataset and writes a run folder: manifest.json, weights.safetensors, candidates.safetensors,
 * log.jsonl, catalogue/.
 * Computes in a thread of its own; the event loop stays free.
 *
 * @throws MmdinError CONFIG on options, FORMAT on a dataset that cannot be read, RUNTIME where the loss diverges, IO.
 * @example
 * const run = await train({ data: "data/shop", out: "runs/first", set: ["optimizer.learningRate=0.002"] });
 * console.log(run.best?.auc);
 */
export async function train({
  data,
  out,
  model,
  config: path,
  set = [],
  seed,
  epochs,
  threads,
  device,
  signal,
  progress,
  onValidation,
}: TrainOptions): Promise<TrainSummary> {
  const given = [
    ...set,
    ...(model === undefined ? [] : [`model=${model}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
  ];
  const config = trainConfig(given, { path });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const ask = (): void => {
    Atomics.store(stop, 0, 1);
  };
  if (signal?.aborted) ask();
  signal?.addEventListener("abort", ask, { once: true });
  const job: TrainJob = {
    data: resolve(data),
    out: resolve(out),
    config,
    threads: threads ?? availableParallelism(),
    device: (device ?? "cpu") as Device,
    versions: {
      mmdin: packageVersion(),
      node: process.versions.node,
      onnxruntime: onnxRuntime().env.versions.node ?? "",
    },
    stop,
  };
  const onUpdate = (update: TrainUpdate): void => {
    if ("progress" in update) progress?.(update.progress);
    else onValidation?.(update.validation);
  };
  try {
    const manifest = await runJob<RunManifest, TrainUpdate>("train-worker", {
      base: import.meta.url,
      data: job,
      onUpdate,
    });
    return { run: out, ...manifest };
  } finally {
    signal?.removeEventListener("abort", ask);
  }
}

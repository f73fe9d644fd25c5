import type { RunConfig } from "../config/run-config.js";
import type { ProgressUpdate } from "../contract.js";
import { type Dataset, openDataset, refuseLeaks } from "../data/index.js";
import { readHistory } from "../data/positive-history.js";
import { trainingEntries } from "../data/training-entries.js";
import { auc, gauc, logLoss } from "../metrics/index.js";
import { type ConfiguredModel, findModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import type { Device } from "../runtime/executor.js";
import { BatchThread } from "./batch-stream.js";
import { CANDIDATES_FILE, countCandidateTables, writeCandidateTables } from "./candidate-tables.js";
import { fitWeights, type Validation } from "./fit.js";
import { calibrateRun, calibrationSlice } from "./run-calibration.js";
import { RUN_FORMAT, RUN_VERSION, type RunManifest, RunWriter } from "./run-folder.js";
import { scoreSplit } from "./score-split.js";
import { Scorer } from "./scorer.js";
import { countWeights, Weights } from "./weights.js";

/** What the training thread is given. */
export interface TrainJob {
  data: string;
  out: string;
  config: RunConfig;
  threads: number;
  device: Device;
  versions: RunManifest["versions"];
  /** [1], shared: not 0 asks for a clean stop. */
  stop: Int32Array;
}

export type TrainUpdate = { progress: ProgressUpdate } | { validation: Validation };

/** Trains a model on a prepared dataset and writes the run, in the thread that calls it. */
export async function trainJob(job: TrainJob, post: (update: TrainUpdate) => void): Promise<RunManifest> {
  const start = performance.now();
  const opened = openDataset(job.data);
  refuseLeaks(opened);
  const model = findModel(job.config.model).configure(job.config.options);
  const dataset = { ...opened, events: readHistory(opened.events, model.history) };
  const writer = new RunWriter(job.out, {
    manifest: firstManifest(job, { model, dataset }),
    catalogue: dataset.catalogue,
  });
  try {
    writeCandidateTables(writer.folder, countCandidateTables(opened));
    const { stopped, epochs, steps, rowsPerSecond, spent } = model.count
      ? await countModel(model, dataset, { job, writer })
      : await fitModel(model, dataset, { job, writer, post });
    const seconds = (performance.now() - start) / 1000;
    const peakMemory = process.resourceUsage().maxRSS * 1024;
    return writer.finish({ stopped, epochs, steps, seconds, rowsPerSecond, spent, peakMemory });
  } finally {
    writer.abandon();
  }
}

interface Outcome {
  stopped: "early" | "epochs" | "asked" | "counted";
  epochs: number;
  steps: number;
  rowsPerSecond: number | null;
  spent: Record<string, number>;
}

async function fitModel(
  model: ConfiguredModel,
  dataset: Dataset,
  { job, writer, post }: { job: TrainJob; writer: RunWriter; post: (update: TrainUpdate) => void },
): Promise<Outcome> {
  const { config, threads, device } = job;
  let told = 0;
  const { weights, best, logits, ...outcome } = await fitWeights(model, dataset, {
    options: { ...config, threads, device },
    events: {
      step({ epoch, step, steps, loss, rowsPerSecond }) {
        const now = performance.now();
        if (now - told < 100 && step < steps) return;
        told = now;
        const phase = `epoch ${epoch} of at most ${config.epochs}`;
        post({
          progress: {
            phase,
            done: step,
            total: steps,
            unit: "steps",
            values: { loss, "rows/s": Math.round(rowsPerSecond) },
          },
        });
      },
      best: (better, result) => writer.save(better, result),
      validation(result) {
        writer.log({ kind: "validation", ...result });
        post({ validation: result });
      },
      stopping: () => Atomics.load(job.stop, 0) !== 0,
    },
  });
  if (best === null || best.epoch === 0) writer.save(weights, best);
  if (logits !== null) {
    writer.calibrate(calibrateRun(calibrationSlice(dataset, logits), { asked: config.calibration }).calibration);
  }
  return outcome;
}

/** A model that counts: its tables from the training slice; its scores become logits by calibration alone. */
async function countModel(
  model: ConfiguredModel,
  dataset: Dataset,
  { job, writer }: { job: TrainJob; writer: RunWriter },
): Promise<Outcome> {
  const { catalogue, events, rows } = dataset;
  const counted = model.count!({ catalogue, ...trainingEntries(dataset) });
  let own: Weights | undefined;
  const init = (builder: Builder): Weights => {
    own = Weights.initial(builder, { seed: job.config.seed });
    for (const [name, values] of Object.entries(counted)) own.get(name).set(values);
    return own;
  };
  const scorer = await Scorer.create(model, init, { catalogue, threads: job.threads, device: job.device });
  const batches = new BatchThread();
  const columns = { catalogue, events, rows: rows.valid };
  batches.open("valid", { columns, plan: scorer.plan });
  try {
    const weights = own!;
    const scored = await scoreSplit({ scorer, columns, batches, source: "valid" });
    const slice = calibrationSlice(dataset, scored.logits);
    const { calibration, logits } = calibrateRun(slice, { counted: true });
    const validation: Validation = {
      epoch: 0,
      step: 0,
      loss: Number.NaN,
      logLoss: logLoss(logits, rows.valid.label),
      auc: auc(logits, rows.valid.label),
      gauc: gauc(logits, { labels: rows.valid.label, groups: slice.user }).value,
      learningRate: 0,
      best: true,
      seconds: 0,
    };
    writer.log({ kind: "validation", ...validation });
    writer.calibrate(calibration);
    writer.save(weights, validation);
  } finally {
    await batches.close();
    await scorer.close();
  }
  return { stopped: "counted", epochs: 0, steps: 0, rowsPerSecond: null, spent: {} };
}

function firstManifest(
  { data, config, versions, threads, device }: TrainJob,
  { model, dataset }: { model: ConfiguredModel; dataset: Dataset },
): RunManifest {
  const builder = new Builder({ training: false });
  model.forward(builder, { catalogue: dataset.catalogue });
  return {
    format: RUN_FORMAT,
    version: RUN_VERSION,
    versions,
    created: new Date().toISOString(),
    model: model.name,
    config,
    dataset: datasetOf(dataset, data),
    catalogue: "catalogue",
    candidates: CANDIDATES_FILE,
    itemsAdded: 0,
    parameters: countWeights(builder),
    threads,
    device,
    state: "training",
    best: null,
    calibration: null,
    result: null,
  };
}

function datasetOf({ manifest }: Dataset, directory: string): RunManifest["dataset"] {
  const { name, hash, root, encoders } = manifest;
  return { name, hash, directory, root, encoders };
}

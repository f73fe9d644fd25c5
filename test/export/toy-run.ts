import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trainConfig } from "../../src/training/train-config.js";
import { trainJob } from "../../src/training/train-job.js";

/** Trains a model for one epoch, in this thread; returns the folder of its run, inside `folder`. */
export async function toyRun(
  folder: string,
  { data, model, options }: { data: string; model: string; options: object },
): Promise<string> {
  const place = mkdtempSync(join(folder, "run-"));
  const [config, out] = [join(place, "run.yaml"), join(place, "run")];
  const hide = { id: 0.1, modality: 0.1, feature: 0.1 };
  const optimizer = { learningRate: 0.01 };
  const run = { model, options, epochs: 1, evaluateEvery: 1, batchSize: 64, optimizer, hide };
  writeFileSync(config, JSON.stringify(run));
  const versions = { mmdin: "0", node: "0", onnxruntime: "0" };
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const job = { data, out, threads: 1, device: "cpu", versions, stop } as const;
  await trainJob({ ...job, config: trainConfig([], { path: config }) }, () => undefined);
  return out;
}

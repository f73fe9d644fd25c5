import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../../src/data/index.js";
import { type ScoredSplit, score, type TrainSummary, train, trainConfig } from "../../src/training/index.js";
import { trainJob } from "../../src/training/train-job.js";
import { Subject } from "./subject.js";
import { prepareToy } from "./toy-world.js";

/** Options of every training of the exam. */
const RUN = {
  batchSize: 64,
  epochs: 3,
  evaluateEvery: 0.5,
  patience: 20,
  optimizer: { learningRate: 0.01 },
  hide: { id: 0.1, modality: 0.1, feature: 0.1 },
};

/** One model that sits the exam: the toy world, a run trained on it, and its scores of the test slice. */
export interface Sitting {
  dataset: Dataset;
  run: string;
  summary: TrainSummary;
  scored: ScoredSplit;
  subject: Subject;
  /** Nothing is learned by gradient. */
  counting: boolean;
  /** Trains anew for one epoch with this seed, in this thread; returns the run's folder. */
  trainAgain(seed: number): Promise<string>;
  close(): Promise<void>;
}

export async function sit(model: string, options: Record<string, unknown>, { seed = 1 } = {}): Promise<Sitting> {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-exam-"));
  const config = join(folder, "run.yaml");
  const run = join(folder, "run");
  const dataset = await prepareToy(folder);
  writeFileSync(config, JSON.stringify({ ...RUN, model, options }));
  const summary = await train({ data: dataset.directory, out: run, config, seed, threads: 1 });
  const scored = await score({ run, threads: 1 });
  const subject = await Subject.open(run, dataset);
  let trained = 0;
  return {
    dataset,
    run,
    summary,
    scored,
    subject,
    counting: subject.model.count !== undefined,
    async trainAgain(seed) {
      const set = ["epochs=1", "evaluateEvery=1", `seed=${seed}`];
      const out = join(folder, `again-${trained++}`);
      const { versions } = summary;
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const options = trainConfig(set, { path: config });
      const job = { data: dataset.directory, out, config: options, threads: 1, device: "cpu", versions, stop } as const;
      await trainJob(job, () => undefined);
      return out;
    },
    async close() {
      await subject.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

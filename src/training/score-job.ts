import { existsSync } from "node:fs";
import type { ProgressUpdate } from "../contract.js";
import { type Dataset, openDataset, type RowColumns, type Split } from "../data/index.js";
import { readHistory } from "../data/positive-history.js";
import { usersOf } from "../data/users-of.js";
import { MmdinError } from "../errors.js";
import {
  coverage,
  evaluateScores,
  type GaucWeighting,
  hitRate,
  type LogitMapKind,
  mrr,
  ndcg,
  positiveRanks,
  type ScoreReport,
} from "../metrics/index.js";
import type { EncodedBy } from "../modality/encoder.js";
import type { Device } from "../runtime/executor.js";
import { BatchThread } from "./batch-stream.js";
import { type ColdStart, coldStart } from "./cold-start.js";
import { type CalibrationMeasure, keptShift, measureCalibration } from "./run-calibration.js";
import { type OpenedRun, openRun } from "./run-folder.js";
import { type SplitLogits, scoreSplit } from "./score-split.js";
import { Scorer } from "./scorer.js";
import { type SliceName, slicesOf } from "./slices.js";

/** What the scoring thread is given. */
export interface ScoreJob {
  run: string;
  /** Default: where the run was trained. */
  data?: string;
  split: Split;
  threads: number;
  device: Device;
  weighting: GaucWeighting;
}

/** Ranks of each held-out positive among its fixed negatives. */
export interface RankingReport {
  users: number;
  negatives: number;
  hitRate10: number | null;
  ndcg10: number | null;
  mrr: number | null;
  /** Share of the items on offer that are among the first ten of anybody's candidates. */
  coverage10: number | null;
}

/** What calibration does to the rows of a split. */
export interface EvaluatedCalibration {
  kind: LogitMapKind;
  /** Added to logits: log of the share of negatives kept, on test; else 0. */
  shift: number;
  /** The model's own logits with the same shift: what was sampled away is no merit of calibration. Null for counting models. */
  before: CalibrationMeasure | null;
  /** Of the logits that the metrics are of, which `predict` gives. */
  after: CalibrationMeasure;
}

/** `evaluate --json`. */
export interface Evaluation extends ScoreReport<SliceName> {
  model: string;
  split: Split;
  /** The slice `coldItems` against what else could rank it. */
  coldStart: ColdStart;
  calibration: EvaluatedCalibration;
  /** Present where the dataset has fixed candidates for this split (implicit labels, leave-last). */
  ranking?: RankingReport;
}

export interface ScoredSplit {
  evaluation: Evaluation;
  /** Calibrated logit of every row of the split, in its order: what the metrics are of, and what `predict` gives. */
  logits: Float32Array;
  /** The same before calibration, with the shift; scores of counting models, which are no logits, as they are. */
  rawLogits: Float32Array;
  /** Rank of every held-out positive among its candidates, where the split has them. */
  ranks: Float64Array | null;
}

function openDatasetOf({ data }: ScoreJob, { manifest }: OpenedRun): Dataset {
  const { name, directory } = manifest.dataset;
  if (data === undefined && !existsSync(directory)) {
    const fix = "Say where it is now: --data, or the option `data`";
    throw new MmdinError("IO", `the dataset ${name} is no longer where training found it`, { where: directory, fix });
  }
  return openDataset(data ?? directory);
}

/** Scores a split of a dataset with a run and measures it, in the thread that calls it. */
export async function scoreJob(job: ScoreJob, post: (update: ProgressUpdate) => void): Promise<ScoredSplit> {
  const run = openRun(job.run);
  const dataset = openDatasetOf(job, run);
  checkSameDataset(run, dataset);
  const { catalogue } = dataset;
  const events = readHistory(dataset.events, run.model.history);
  const rows = dataset.rows[job.split];
  if (rows.count === 0) throw new MmdinError("DATA", `split ${job.split} is empty`, { where: dataset.directory });
  const shift = keptShift(catalogue, { split: job.split });
  const { calibration } = run;
  const { threads, device } = job;
  const scorer = await Scorer.create(run.model, run.weights, { catalogue, threads, device, calibration, shift });
  const batches = new BatchThread();
  const score = (source: string, own: RowColumns): Promise<SplitLogits> => {
    const columns = { catalogue, events, rows: own };
    batches.open(source, { columns, plan: scorer.plan });
    const progress = (done: number): void => post({ phase: `scoring ${source}`, done, total: own.count, unit: "rows" });
    return scoreSplit({ scorer, columns, batches, source, progress });
  };
  try {
    const { logits, rawLogits: own } = await score(job.split, rows);
    const isCounted = run.model.count !== undefined;
    const rawLogits = isCounted || shift === 0 ? own : own.map((logit) => logit + shift);
    const user = usersOf(events, rows.event);
    const slices = slicesOf(dataset, job.split);
    const report = evaluateScores({ logits, label: rows.label, user, slices }, { weighting: job.weighting });
    const evaluation: Evaluation = {
      model: run.manifest.model,
      split: job.split,
      ...report,
      coldStart: coldStart(report.slices.coldItems.metrics.auc, { catalogue, rows, cold: slices.coldItems }),
      calibration: {
        kind: calibration.kind,
        shift,
        before: isCounted ? null : measureCalibration(rawLogits, rows.label),
        after: measureCalibration(logits, rows.label),
      },
    };
    const fixed = dataset.ranking[job.split];
    let ranks: Float64Array | null = null;
    if (fixed !== undefined && fixed.count > 0) {
      const { count, width, item, itemStatistics } = fixed;
      const event = Int32Array.from({ length: count * width }, (_, row) => fixed.event[Math.floor(row / width)]!);
      const label = Uint8Array.from(event, (_, row) => (row % width === 0 ? 1 : 0));
      const { logits: scores } = await score("ranking", { count: count * width, event, item, label, itemStatistics });
      ranks = Float64Array.from(positiveRanks(scores, { width }));
      evaluation.ranking = {
        users: count,
        negatives: width - 1,
        hitRate10: hitRate(ranks, { k: 10 }),
        ndcg10: ndcg(ranks, { k: 10 }),
        mrr: mrr(ranks),
        coverage10: coverage(scores, { items: item, width, k: 10 }),
      };
    }
    return { evaluation, logits, rawLogits, ranks };
  } finally {
    await batches.close();
    await scorer.close();
  }
}

function checkSameDataset({ manifest, directory }: OpenedRun, dataset: Dataset): void {
  if (manifest.dataset.hash === dataset.manifest.hash) return;
  checkSameEncoders(manifest.dataset.encoders, { dataset, where: directory });
  throw new MmdinError("MISMATCH", "the run was trained on another dataset", {
    where: directory,
    expected: `dataset ${manifest.dataset.name} ${manifest.dataset.hash.slice(0, 12)}`,
    got: `${dataset.manifest.name} ${dataset.manifest.hash.slice(0, 12)} (${dataset.directory})`,
    fix: "Give the dataset that it was trained on with --data, or train a run on this one",
  });
}

/** Says it by name where the two differ in who encoded a text or an image. */
function checkSameEncoders(
  trained: Readonly<Record<string, EncodedBy>>,
  { dataset, where }: { dataset: Dataset; where: string },
): void {
  for (const [name, { id, version, dimension, hash }] of Object.entries(trained)) {
    const now = dataset.manifest.encoders[name];
    if (now?.hash === hash) continue;
    const fitted = now?.id === id && now.version === version ? ", fitted on other items" : "";
    throw new MmdinError("MISMATCH", `the run was trained with another encoding of "${name}"`, {
      where,
      expected: `${id} version ${version}, ${dimension} numbers`,
      got: now ? `${now.id} version ${now.version}, ${now.dimension} numbers${fitted}` : "none",
      fix: "Give the dataset that it was trained on with --data, or train a run on this one",
    });
  }
}

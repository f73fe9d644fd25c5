import type { Estimate, MeasuredModel, ReliabilityBin, SliceMeasure } from "../../api/training-contract.js";
import type { ProgressUpdate } from "../../contract.js";
import { openDataset } from "../../data/index.js";
import { usersOf } from "../../data/users-of.js";
import { sliceName } from "../../experiments/report/report-text.js";
import {
  type CalibrationBin,
  type DenseGroups,
  denseGroups,
  pairedBootstrap,
  rowLogLosses,
  type WeightedMetric,
  weightedAuc,
  weightedGauc,
  weightedMean,
} from "../../metrics/index.js";
import { readRunManifest } from "../../training/index.js";
import { scoreJob } from "../../training/score-job.js";
import { SLICE_NAMES, slicesOf } from "../../training/slices.js";

/** What the measuring thread is given. */
export interface MeasureJob {
  run: string;
  /** The dataset; default: where the run was trained. */
  data?: string;
  threads: number;
}

/** Draws of people behind an interval; fewer where there are so many rows that each draw is long, and its luck small. */
const RESAMPLES = { usual: 1000, many: 200 };
const MANY_ROWS = 300_000;

/** Scores the test slice of a run's dataset and measures it, with intervals over people, in the thread that calls it. */
export async function measureJob(
  { run, data, threads }: MeasureJob,
  post: (update: ProgressUpdate) => void,
): Promise<MeasuredModel> {
  const begin = performance.now();
  const { evaluation, logits } = await scoreJob(
    { run, ...(data !== undefined && { data }), split: "test", threads, device: "cpu", weighting: "impressions" },
    post,
  );
  const dataset = openDataset(data ?? readRunManifest(run).dataset.directory);
  const { label: labels, event } = dataset.rows.test;
  const users = usersOf(dataset.events, event);
  const masks = slicesOf(dataset, "test");
  const groups = denseGroups(users);
  const { metrics, slices, coldStart, calibration } = evaluation;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return {
    split: "test",
    rows: labels.length,
    positives,
    people: groups.count,
    auc: estimate(metrics.auc, { metric: weightedAuc(logits, { labels, groups }), groups, rows: labels.length }),
    gauc: estimate(metrics.gauc, { metric: weightedGauc(logits, { labels, groups }), groups, rows: labels.length }),
    logLoss: estimate(metrics.logLoss, {
      metric: weightedMean(rowLogLosses(logits, labels), { groups }),
      groups,
      rows: labels.length,
    }),
    prAuc: metrics.prAuc,
    accuracy: metrics.accuracy,
    ece: metrics.ece,
    coldItems: { model: coldStart.model, popularity: coldStart.popularity },
    reliability: {
      kind: calibration.kind,
      before: calibration.kind === "none" ? [] : (calibration.before?.bins ?? []).map(binOf),
      after: calibration.after.bins.map(binOf),
    },
    slices: SLICE_NAMES.map((name): SliceMeasure => {
      const { rows, positives, metrics } = slices[name];
      const part = selected(masks[name], { logits, labels, users });
      const ofSlice = denseGroups(part.users);
      const metric = (): WeightedMetric => weightedAuc(part.logits, { labels: part.labels, groups: ofSlice });
      const auc =
        metrics.auc === null
          ? { value: null, interval: null }
          : estimate(metrics.auc, { metric: metric(), groups: ofSlice, rows });
      return { name: sliceName(name), rows, positives, auc, logLoss: metrics.logLoss };
    }),
    seconds: (performance.now() - begin) / 1000,
  };
}

function estimate(
  value: number | null,
  { metric, groups, rows }: { metric: WeightedMetric; groups: DenseGroups; rows: number },
): Estimate {
  if (value === null || groups.count < 2) return { value, interval: null };
  const resamples = rows > MANY_ROWS ? RESAMPLES.many : RESAMPLES.usual;
  const { interval } = pairedBootstrap({ first: metric, second: () => 0 }, { groups: groups.count, resamples });
  return { value, interval };
}

function selected(
  mask: Uint8Array,
  { logits, labels, users }: { logits: Float32Array; labels: Uint8Array; users: Int32Array },
): { logits: Float32Array; labels: Uint8Array; users: Int32Array } {
  const inside = (_: number, row: number): boolean => mask[row] !== 0;
  return { logits: logits.filter(inside), labels: labels.filter(inside), users: users.filter(inside) };
}

function binOf({ rows, probability, rate }: CalibrationBin): ReliabilityBin {
  return { rows, probability, rate };
}

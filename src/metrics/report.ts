import { accuracy } from "./accuracy.js";
import { auc } from "./auc.js";
import { calibration } from "./calibration.js";
import { type Gauc, type GaucWeighting, gauc } from "./gauc.js";
import { logLoss } from "./log-loss.js";
import { checkLengths, gather, type Scores, sortByScore } from "./order.js";
import { prAuc } from "./pr-auc.js";

/** Every indicator of one set of rows; null is undefined (no rows, or one class only). */
export interface Metrics {
  auc: number | null;
  gauc: number | null;
  logLoss: number | null;
  prAuc: number | null;
  accuracy: number | null;
  ece: number | null;
}

export interface SliceReport {
  rows: number;
  positives: number;
  metrics: Metrics;
}

/** The part of `evaluate --json` that the scores decide. */
export interface ScoreReport<Slice extends string = string> {
  rows: number;
  metrics: Metrics;
  gaucDetail: Omit<Gauc, "value">;
  slices: Record<Slice, SliceReport>;
}

export interface ScoredRows<Slice extends string = string> {
  /** [B] */
  logits: Scores;
  /** [B], 1 or 0 */
  label: Uint8Array;
  /** [B] group of each row for gAUC: the user's index. */
  user: Int32Array;
  /** A mask [B] for each slice, such as coldItems: not 0 is in. */
  slices: Record<Slice, Uint8Array>;
}

/**
 * All indicators of a model's logits, over all rows and over each slice: AUC, gAUC, log-loss, PR-AUC, accuracy at .5 and
 * ECE (15 bins of equal mass). The rows are sorted once.
 *
 * @param options.weighting what a user weighs in gAUC, default "impressions"
 * @throws MmdinError DATA on a NaN logit or a negative user, SHAPE on columns of different lengths.
 */
export function evaluateScores<Slice extends string>(
  { logits, label, user, slices }: ScoredRows<Slice>,
  { weighting = "impressions" }: { weighting?: GaucWeighting } = {},
): ScoreReport<Slice> {
  checkLengths("evaluateScores", { logits, label, user, ...slices });
  const { scores, order } = sortByScore(logits);
  const all = { logits: scores, label: gather(label, order), user: gather(user, order) };
  const whole = measure(all, weighting);
  const measured: Partial<Record<Slice, SliceReport>> = {};
  for (const name in slices) {
    const slice = select(all, gather(slices[name], order));
    const positives = slice.label.reduce((sum, value) => sum + value, 0);
    measured[name] = { rows: slice.label.length, positives, metrics: measure(slice, weighting).metrics };
  }
  return {
    rows: logits.length,
    metrics: whole.metrics,
    gaucDetail: whole.gaucDetail,
    slices: measured as Record<Slice, SliceReport>,
  };
}

/** Rows in ascending order of logit. */
interface Sorted {
  logits: Scores;
  label: Uint8Array;
  user: Int32Array;
}

function measure(
  { logits, label, user }: Sorted,
  weighting: GaucWeighting,
): Pick<ScoreReport, "metrics" | "gaucDetail"> {
  const { value, ...gaucDetail } = gauc(logits, { labels: label, groups: user, weighting });
  const metrics = {
    auc: auc(logits, label, { sorted: true }),
    gauc: value,
    logLoss: logLoss(logits, label),
    prAuc: prAuc(logits, label, { sorted: true }),
    accuracy: accuracy(logits, label),
    ece: calibration(logits, label, { sorted: true }).ece,
  };
  return { metrics, gaucDetail };
}

function select({ logits, label, user }: Sorted, mask: Uint8Array): Sorted {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
  const slice = {
    logits: logits instanceof Float32Array ? new Float32Array(count) : new Float64Array(count),
    label: new Uint8Array(count),
    user: new Int32Array(count),
  };
  for (let i = 0, next = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    slice.logits[next] = logits[i]!;
    slice.label[next] = label[i]!;
    slice.user[next++] = user[i]!;
  }
  return slice;
}

import { checkLengths, type Scores } from "./order.js";
import { fitRisingPlatt } from "./platt.js";
import { sortLabelled } from "./sort-labelled.js";

/**
 * A strictly increasing, piecewise linear map of logits: through its knots, straight between them, with the slope
 * `outside` below the first and above the last. Both lists ascend strictly and hold 32-bit numbers, so that a graph holds the same map.
 */
export interface IsotonicMap {
  /** [K] */
  from: number[];
  /** [K] */
  to: number[];
  /** Above 0. */
  outside: number;
}

export interface IsotonicOptions {
  /** Rows behind a knot at least, default 50. */
  rows?: number;
  /** Knots at most, default 64. */
  knots?: number;
}

/** Neighbouring rows that share one rate. */
export interface IsotonicBlock {
  rows: number;
  positives: number;
  /** Sum of the logits of its rows. */
  sum: number;
}

/**
 * Centered isotonic regression: the increasing map from logits to calibrated logits that follows the rates of the rows, for models
 * whose error is of no simple shape.
 *
 * blocks = pool adjacent violators (rows of equal logit first), then neighbours joined until each has enough rows
 * knot of a block = (mean logit, logit((positives + 1) / (rows + 2))), linear between knots
 * outside of them the slope of Platt's line
 *
 * Isotonic regression is flat inside a block: it makes ties, and so changes AUC. Shrunk to their mean logit, the blocks are joined by
 * rising lines, and nothing that was ranked is tied. The added rows (Laplace's rule) keep a block of one class off infinity; they can
 * disturb the order of rates, so blocks are pooled once more. Outside of the knots nothing is known but the shape of
 * the whole: the logits of an overconfident model, taken as they are, would stay overconfident there. One block alone gives a line.
 *
 * @param logits [B]
 * @param labels [B], 1 or 0
 * @returns undefined where a map is not defined: no rows, rows of one class, a logit that is not finite.
 * @throws MmdinError SHAPE on columns of different lengths.
 * Source: Oron and Flournoy, "Centered Isotonic Regression: Point and Interval Estimation for Dose-Response Studies", 2017,
 * https://arxiv.org/abs/1701.05964; Zadrozny and Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
 * Estimates", 2002 (isotonic regression as a calibration). Theirs interpolates rates; ours logits, so that it can go on outside.
 */
export function fitIsotonic(
  logits: Scores,
  labels: Uint8Array,
  { rows: least = 50, knots: most = 64 }: IsotonicOptions = {},
): IsotonicMap | undefined {
  checkLengths("fitIsotonic", { logits, labels });
  if (!logits.every(Number.isFinite) || !labels.includes(0) || !labels.includes(1)) return undefined;
  const blocks = poolAdjacentViolators(logits, labels);
  const large = joinSmall(blocks, Math.max(least, Math.ceil(logits.length / most)));
  const kept = pool(large, (a, b) => knotOf(a).to >= knotOf(b).to || knotOf(a).from >= knotOf(b).from);
  const knots = kept.map(knotOf);
  return {
    from: knots.map(({ from }) => from),
    to: knots.map(({ to }) => to),
    outside: fitRisingPlatt(logits, labels).slope,
  };
}

/**
 * Isotonic regression of labels on logits: the blocks, in ascending order of logit, whose rates ascend strictly and are nearest to the
 * labels in squares (and in log-loss). Rows of equal logit are in one block.
 *
 * Source: Ayer, Brunk, Ewing, Reid and Silverman, "An Empirical Distribution Function for Sampling with Incomplete Information", 1955.
 */
export function poolAdjacentViolators(logits: Scores, labels: Uint8Array): IsotonicBlock[] {
  const sorted = sortLabelled(logits, labels);
  const tied: IsotonicBlock[] = [];
  for (let i = 0; i < logits.length; i++) {
    const logit = sorted.scores[i]!;
    const last = i > 0 && sorted.scores[i - 1] === logit ? tied.at(-1) : undefined;
    if (last === undefined) tied.push({ rows: 1, positives: sorted.labels[i]!, sum: logit });
    else {
      last.rows++;
      last.positives += sorted.labels[i]!;
      last.sum += logit;
    }
  }
  // a / m >= b / n, without dividing
  return pool(tied, (a, b) => a.positives * b.rows >= b.positives * a.rows);
}

/** Joins neighbours until no pair of them violates. */
function pool(
  blocks: readonly IsotonicBlock[],
  violates: (lower: IsotonicBlock, upper: IsotonicBlock) => boolean,
): IsotonicBlock[] {
  const kept: IsotonicBlock[] = [];
  for (const next of blocks) {
    let block = next;
    while (kept.length > 0 && violates(kept.at(-1)!, block)) block = join(kept.pop()!, block);
    kept.push(block);
  }
  return kept;
}

/** Joins neighbours from below until each has `least` rows; what is left at the top goes to the last. */
function joinSmall(blocks: readonly IsotonicBlock[], least: number): IsotonicBlock[] {
  const large: IsotonicBlock[] = [];
  let open: IsotonicBlock | undefined;
  for (const block of blocks) {
    open = open === undefined ? block : join(open, block);
    if (open.rows < least) continue;
    large.push(open);
    open = undefined;
  }
  if (open !== undefined) large.push(large.length > 0 ? join(large.pop()!, open) : open);
  return large;
}

function join(a: IsotonicBlock, b: IsotonicBlock): IsotonicBlock {
  return { rows: a.rows + b.rows, positives: a.positives + b.positives, sum: a.sum + b.sum };
}

function knotOf({ rows, positives, sum }: IsotonicBlock): { from: number; to: number } {
  return { from: Math.fround(sum / rows), to: Math.fround(Math.log((positives + 1) / (rows - positives + 1))) };
}

import { checkLengths, type Scores } from "./order.js";

/** Probabilities are kept this far from 0 and 1 before their logarithm is taken. */
export const PROBABILITY_CLIP = 1e-7;

/**
 * Mean binary cross-entropy of logits, without ever forming a probability: stable at any size of logit.
 *
 * loss(x, y) = max(z, 0) + log(1 + exp(-|z|)), z = x where y = 0, -x where y = 1
 *
 * @param logits [B]
 * @param labels [B], 1 or 0
 * @returns null without rows; Infinity where an infinite logit is wrong.
 * @throws MmdinError SHAPE on columns of different lengths.
 */
export function logLoss(logits: Scores, labels: Uint8Array): number | null {
  checkLengths("logLoss", { logits, labels });
  const n = logits.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += rowLoss(logits[i]!, labels[i]!);
  return n === 0 ? null : sum / n;
}

/** The loss of every row, for means over users and for paired comparisons. */
export function rowLogLosses(logits: Scores, labels: Uint8Array): Float64Array {
  checkLengths("rowLogLosses", { logits, labels });
  const losses = new Float64Array(logits.length);
  for (let i = 0; i < losses.length; i++) losses[i] = rowLoss(logits[i]!, labels[i]!);
  return losses;
}

/**
 * Mean binary cross-entropy of probabilities: -mean(y log p + (1 - y) log(1 - p)).
 *
 * p is first clipped to [clip, 1 - clip], so that one certain and wrong row costs 16.1 and not infinity; prefer
 * {@link logLoss} where logits are at hand, which needs no clipping.
 *
 * @param options.clip default 1e-7, about the resolution of a 32-bit float near 1
 * @returns null without rows.
 */
export function logLossOfProbabilities(
  probabilities: Scores,
  labels: Uint8Array,
  { clip = PROBABILITY_CLIP }: { clip?: number } = {},
): number | null {
  checkLengths("logLossOfProbabilities", { probabilities, labels });
  const n = probabilities.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const p = Math.min(Math.max(probabilities[i]!, clip), 1 - clip);
    sum -= labels[i] === 1 ? Math.log(p) : Math.log1p(-p);
  }
  return n === 0 ? null : sum / n;
}

function rowLoss(logit: number, label: number): number {
  const z = label === 1 ? -logit : logit;
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

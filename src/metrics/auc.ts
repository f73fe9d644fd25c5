import { checkLengths, type Scores, type SortedOption, sortLabelled } from "./order.js";

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, exact.
 *
 * AUC = (pairs with the positive above + pairs of equal score / 2) / (positives * negatives)
 *
 * Takes anything that ranks: logits and probabilities give the same value.
 *
 * @param scores [B]
 * @param labels [B], 1 or 0
 * @returns null where there is no positive or no negative row.
 * @throws MmdinError DATA on a NaN score, SHAPE on columns of different lengths.
 * @example auc(Float32Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1)); // 0.75
 * Source: Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve", 1982.
 */
export function auc(scores: Scores, labels: Uint8Array, options: SortedOption = {}): number | null {
  checkLengths("auc", { scores, labels });
  const rows = sortLabelled(scores, labels, options);
  const n = scores.length;
  // Twice the area, so that ties stay whole numbers: exact up to 2^53, which is 67 million rows of each class.
  let doubled = 0;
  let positives = 0;
  let negatives = 0;
  let at = 0;
  while (at < n) {
    const score = rows.scores[at]!;
    const start = at;
    let tiedPositives = 0;
    for (; at < n && rows.scores[at] === score; at++) tiedPositives += rows.labels[at]!;
    const tiedNegatives = at - start - tiedPositives;
    doubled += tiedPositives * (2 * negatives + tiedNegatives);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives === 0 || negatives === 0 ? null : doubled / (2 * positives * negatives);
}

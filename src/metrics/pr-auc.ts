import { checkLengths, type Scores, type SortedOption } from "./order.js";
import { sortLabelled } from "./sort-labelled.js";

/**
 * Area under the precision-recall curve, as average precision: no interpolation.
 *
 * AP = sum_k (recall_k - recall_(k-1)) precision_k, over the distinct scores from the highest down
 *
 * Rows of equal score enter at one threshold, so their order does not matter.
 *
 * @param scores [B]
 * @param labels [B], 1 or 0
 * @returns null where there is no positive row.
 * @throws MmdinError DATA on a NaN score, SHAPE on columns of different lengths.
 */
export function prAuc(scores: Scores, labels: Uint8Array, options: SortedOption = {}): number | null {
  checkLengths("prAuc", { scores, labels });
  const rows = sortLabelled(scores, labels, options);
  const n = scores.length;
  let sum = 0;
  let positives = 0;
  let at = n;
  while (at > 0) {
    const score = rows.scores[at - 1]!;
    let tiedPositives = 0;
    for (; at > 0 && rows.scores[at - 1] === score; at--) tiedPositives += rows.labels[at - 1]!;
    positives += tiedPositives;
    sum += tiedPositives * (positives / (n - at));
  }
  return positives === 0 ? null : sum / positives;
}

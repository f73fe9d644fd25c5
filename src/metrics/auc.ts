import { countPairs, type Pairs } from "./bucket-pairs.js";
import { BUCKETS_PAY } from "./buckets.js";
import { checkLengths, type Scores, type SortedOption } from "./order.js";
import { type LabelledRows, sortLabelled } from "./sort-labelled.js";

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
  const { doubled, positives, negatives } =
    !options.sorted && scores instanceof Float32Array && scores.length >= BUCKETS_PAY
      ? countPairs(scores, labels)
      : countSorted(sortLabelled(scores, labels, options));
  return positives === 0 || negatives === 0 ? null : doubled / (2 * positives * negatives);
}

function countSorted({ scores, labels }: LabelledRows): Pairs {
  const n = scores.length;
  let doubled = 0;
  let positives = 0;
  let negatives = 0;
  let at = 0;
  while (at < n) {
    const score = scores[at]!;
    const start = at;
    let tiedPositives = 0;
    for (; at < n && scores[at] === score; at++) tiedPositives += labels[at]!;
    const tiedNegatives = at - start - tiedPositives;
    doubled += tiedPositives * (2 * negatives + tiedNegatives);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return { doubled, positives, negatives };
}

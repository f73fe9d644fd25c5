import { checkLengths, type Scores } from "./order.js";

/**
 * Share of rows on the right side of probability .5, which is logit 0; exactly .5 counts as a positive guess.
 *
 * @param logits [B]
 * @param labels [B], 1 or 0
 * @returns null without rows.
 * @throws MmdinError SHAPE on columns of different lengths.
 */
export function accuracy(logits: Scores, labels: Uint8Array): number | null {
  checkLengths("accuracy", { logits, labels });
  const n = logits.length;
  let right = 0;
  for (let i = 0; i < n; i++) {
    if ((logits[i]! >= 0 ? 1 : 0) === labels[i]) right++;
  }
  return n === 0 ? null : right / n;
}

import type { RowColumns } from "./columns.js";

/** How well the presence of a modality, and nothing of its content, separates; each null where it cannot be asked. */
export interface MissingLeak {
  /** AUC of "the item has it" for the label, over training rows. */
  labelAuc: number | null;
  /** AUC of "the item has it" for "is in the more popular half", over the items with an event in training. */
  popularityAuc: number | null;
}

/** An AUC further from 1/2 than this one is, on either side, is said aloud. */
export const LEAK_AUC = 0.6;

/** Whether an AUC is beyond LEAK_AUC in either direction. */
export function leaks(auc: number | null): boolean {
  return auc !== null && Math.max(auc, 1 - auc) > LEAK_AUC;
}

/**
 * What "is missing" alone predicts. A modality that only popular items have tells a model what is popular, whatever it
 * shows; results with it then look as if its content had carried them.
 *
 * An item is in the more popular half where it has more training events than the median item of training (the lower one
 * of two); items that share the median are in the other half.
 *
 * null where every item asked has it or none has, or where all labels (all halves) are the same.
 *
 * @param present [items] 1 where the item has it
 * @param options.train the rows of training
 * @param options.trainingEvents [trained items + 1] logged events of each item in training, the unknown item at 0
 */
export function missingLeak(
  present: Uint8Array,
  { train, trainingEvents }: { train: Pick<RowColumns, "item" | "label">; trainingEvents: Uint32Array },
): MissingLeak {
  const counts = trainingEvents.subarray(1);
  const median = counts.slice().sort()[Math.floor((counts.length - 1) / 2)] ?? 0;
  const byHalf = new Float64Array(4);
  for (let i = 0; i < counts.length; i++) byHalf[(counts[i]! > median ? 2 : 0) + present[i + 1]!]! += 1;
  return { labelAuc: presenceAuc(present, train), popularityAuc: aucOf(byHalf) };
}

/** AUC of "the item has it" for the label, over rows; null where every row has it or none, or where all labels are the same. */
export function presenceAuc(present: Uint8Array, { item, label }: Pick<RowColumns, "item" | "label">): number | null {
  const counts = new Float64Array(4);
  for (let r = 0; r < item.length; r++) counts[2 * label[r]! + present[item[r]!]!]! += 1;
  return aucOf(counts);
}

/**
 * AUC of a bit for a class, from the counts by [class, bit], side by side:
 * 1/2 + (P(bit | positive) - P(bit | negative)) / 2, which is that of `auc`, ties counting half, without sorting.
 */
function aucOf(counts: Float64Array): number | null {
  const [absentNegative = 0, presentNegative = 0, absentPositive = 0, presentPositive = 0] = counts;
  const positives = absentPositive + presentPositive;
  const negatives = absentNegative + presentNegative;
  const everyBitTheSame = absentPositive + absentNegative === 0 || presentPositive + presentNegative === 0;
  if (positives === 0 || negatives === 0 || everyBitTheSame) return null;
  const doubled = presentPositive * (2 * absentNegative + presentNegative) + absentPositive * absentNegative;
  return doubled / (2 * positives * negatives);
}

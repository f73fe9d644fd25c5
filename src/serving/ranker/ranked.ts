import type { RankedItem } from "../../contract.js";

/** Rows of the largest logit first; those of equal logit keep their order. */
export function rankedRows(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
}

/** Items with their logits, best first. */
export function ranked(items: readonly string[], logits: Float32Array): RankedItem[] {
  return rankedRows(logits).map((row) => {
    const logit = logits[row]!;
    return { item: items[row]!, probability: probabilityOf(logit), logit };
  });
}

/** 1 / (1 + exp(-logit)) */
export const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

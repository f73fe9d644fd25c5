import type { RankedItem } from "../../contract.js";

/** Items with their logits, best first; those of equal logit keep their order. */
export function ranked(items: readonly string[], logits: Float32Array): RankedItem[] {
  const order = Array.from(items, (_, row) => row).sort((a, b) => logits[b]! - logits[a]! || a - b);
  return order.map((row) => {
    const logit = logits[row]!;
    return { item: items[row]!, probability: 1 / (1 + Math.exp(-logit)), logit };
  });
}

import type { WorldItems } from "./items.js";

/** How much someone looks at topic, at style and at price; sums to 1. */
export type Weights = readonly [topic: number, style: number, price: number];

/**
 * How alike two items are to one who looks with these weights:
 *
 *     weights . [cos(topic, topic'), cos(style, style'), exp(-(price - price')^2)]
 *
 * between -1 and 1, and 1 for an item and itself. A match is the similarity of an item to an interest's seed item.
 */
export function similarity(items: WorldItems, { a, b, weights }: { a: number; b: number; weights: Weights }): number {
  const { topicVector, style, price, count } = items;
  const topics = topicVector.length / count;
  const styles = style.length / count;
  let ofTopic = 0;
  for (let d = 0; d < topics; d++) ofTopic += topicVector[a * topics + d]! * topicVector[b * topics + d]!;
  let ofStyle = 0;
  for (let d = 0; d < styles; d++) ofStyle += style[a * styles + d]! * style[b * styles + d]!;
  const difference = price[a]! - price[b]!;
  return weights[0] * ofTopic + weights[1] * ofStyle + weights[2] * Math.exp(-difference * difference);
}

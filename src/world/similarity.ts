import type { WorldItems } from "./items.js";

/** How much a person looks at topic, style and price; sums to 1. */
export type Weights = readonly [topic: number, style: number, price: number];

/**
 * The true likeness of two items as one with these weights sees it:
 *
 *     weights . [cos(topic, topic'), cos(style, style'), exp(-(price - price')^2)]
 *
 * with prices as standardised logarithms. Between -1 and 1, and 1 for an item and itself.
 */
export function similarity(items: WorldItems, { a, b, weights }: { a: number; b: number; weights: Weights }): number {
  const topics = items.topicVector.length / items.count;
  const styles = items.style.length / items.count;
  let topic = 0;
  for (let d = 0; d < topics; d++) topic += items.topicVector[a * topics + d]! * items.topicVector[b * topics + d]!;
  let style = 0;
  for (let d = 0; d < styles; d++) style += items.style[a * styles + d]! * items.style[b * styles + d]!;
  const difference = items.price[a]! - items.price[b]!;
  return weights[0] * topic + weights[1] * style + weights[2] * Math.exp(-difference * difference);
}

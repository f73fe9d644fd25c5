import type { Clicks } from "./clicks.js";
import type { Exposures } from "./exposures.js";
import type { WorldItems } from "./items.js";
import { similarity, type Weights } from "./similarity.js";

const DECAY = 0.9;
/** Pseudo-events of the running rates, as in the world's dataset.yaml. */
const PRIOR = 5;
/** Steps beyond it would weigh less than .9^200 = 7e-10 and are left out. */
const FURTHEST = 200;
const EVEN: Weights = [1 / 3, 1 / 3, 1 / 3];

interface InformedOptions {
  items: WorldItems;
  clicks: Clicks;
  /** What the running rates are smoothed towards. */
  clickRate: number;
}

/**
 * Scores the exposures as one who sees the items as they truly are and weighs a person's past by a fixed formula, nothing
 * fitted. Over the person's strictly earlier exposures, the latest at rank 0,
 *
 *     score = sum of .9^rank * (clicked - rate) * mean(topic, style, price similarity)  +  the item's running rate
 *
 * `rate` is the person's running click rate. Both rates count strictly earlier events, smoothed with 5 pseudo-events.
 */
export function informedScores(exposures: Exposures, { items, clicks, clickRate }: InformedOptions): Float64Array {
  const { count, user, item, time } = exposures;
  const { clicked } = clicks;
  const pasts = new Map<number, { events: number[]; clicks: number }>();
  const shownOfItem = new Int32Array(items.count);
  const clickedOfItem = new Int32Array(items.count);
  const smoothed = (clicks: number, shown: number): number => (clicks + PRIOR * clickRate) / (shown + PRIOR);
  const scores = new Float64Array(count);

  for (let start = 0; start < count; ) {
    let end = start + 1;
    while (end < count && time[end] === time[start]) end++;
    for (let e = start; e < end; e++) {
      const past = pasts.get(user[e]!) ?? { events: [], clicks: 0 };
      const steps = past.events.length;
      const rate = smoothed(past.clicks, steps);
      let score = smoothed(clickedOfItem[item[e]!]!, shownOfItem[item[e]!]!);
      let weight = 1;
      for (let p = steps - 1; p >= Math.max(0, steps - FURTHEST); p--) {
        const earlier = past.events[p]!;
        const likeness = similarity(items, { a: item[e]!, b: item[earlier]!, weights: EVEN });
        score += weight * (clicked[earlier]! - rate) * likeness;
        weight *= DECAY;
      }
      scores[e] = score;
    }
    for (let e = start; e < end; e++) {
      const past = pasts.get(user[e]!) ?? { events: [], clicks: 0 };
      past.events.push(e);
      past.clicks += clicked[e]!;
      pasts.set(user[e]!, past);
      shownOfItem[item[e]!]! += 1;
      clickedOfItem[item[e]!]! += clicked[e]!;
    }
    start = end;
  }
  return scores;
}

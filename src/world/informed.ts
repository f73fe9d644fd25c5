import type { Clicks } from "./clicks.js";
import type { Exposures } from "./exposures.js";
import type { WorldItems } from "./items.js";
import { similarity, type Weights } from "./similarity.js";

const DECAY = 0.9;
/** Pseudo-events of the running rates, as in the statistics of the world's dataset.yaml. */
const PRIOR = 5;
/** Steps further back weigh less than .9^200 = 7e-10 and are left out. */
const FURTHEST = 200;
const EVEN: Weights = [1 / 3, 1 / 3, 1 / 3];

/**
 * The informed yardstick: what one reaches who sees the items as they truly are and weighs a person's past with a fixed
 * formula, nothing fitted. For an exposure, over the person's strictly earlier ones, the latest at rank 0,
 *
 *     score = sum of .9^rank * (clicked - rate) * similarity  +  the item's running rate
 *
 * with the even mean of topic, style and price as similarity. `rate` is the person's own click rate before the event;
 * both rates are smoothed towards `clickRate` with 5 pseudo-events and count strictly earlier events only.
 */
export function informedScores(
  exposures: Exposures,
  { items, clicks, clickRate }: { items: WorldItems; clicks: Clicks; clickRate: number },
): Float64Array {
  const { count, user, item, time } = exposures;
  const pastOfUser = new Map<number, number[]>();
  const clicksOfUser = new Map<number, number>();
  const shownOfItem = new Int32Array(items.count);
  const clickedOfItem = new Int32Array(items.count);
  const scores = new Float64Array(count);

  for (let from = 0; from < count; ) {
    let to = from;
    while (to < count && time[to] === time[from]) to++;
    for (let e = from; e < to; e++) {
      const past = pastOfUser.get(user[e]!) ?? [];
      const rate = smoothed(clicksOfUser.get(user[e]!) ?? 0, past.length, clickRate);
      let sum = 0;
      let weight = 1;
      for (let p = past.length - 1; p >= 0 && p >= past.length - FURTHEST; p--) {
        const earlier = past[p]!;
        const likeness = similarity(items, { a: item[e]!, b: item[earlier]!, weights: EVEN });
        sum += weight * (clicks.clicked[earlier]! - rate) * likeness;
        weight *= DECAY;
      }
      scores[e] = sum + smoothed(clickedOfItem[item[e]!]!, shownOfItem[item[e]!]!, clickRate);
    }
    for (let e = from; e < to; e++) {
      const past = pastOfUser.get(user[e]!);
      if (past) past.push(e);
      else pastOfUser.set(user[e]!, [e]);
      clicksOfUser.set(user[e]!, (clicksOfUser.get(user[e]!) ?? 0) + clicks.clicked[e]!);
      shownOfItem[item[e]!]! += 1;
      clickedOfItem[item[e]!]! += clicks.clicked[e]!;
    }
    from = to;
  }
  return scores;
}

function smoothed(clicked: number, shown: number, towards: number): number {
  return (clicked + PRIOR * towards) / (shown + PRIOR);
}

import { RandomStream } from "../random.js";
import type { Exposures } from "./exposures.js";
import type { WorldItems } from "./items.js";
import type { Person } from "./people.js";
import type { Recipe } from "./recipe.js";
import { similarity } from "./similarity.js";

/** Clicks and what they were drawn from, one entry per exposure. */
export interface Clicks {
  clicked: Uint8Array;
  probability: Float64Array;
  /** The `a` of the formula. */
  intercept: number;
}

interface ClickOptions {
  items: WorldItems;
  people: readonly Person[];
  seed: number;
  recipe: Recipe;
}

/**
 * Draws clicks:
 *
 *     p = sigmoid(a + 5 match + .8 quality + readiness),   click ~ Bernoulli(p)
 *
 * with the match of the interest that is active, and `a` such that the mean of p over all exposures is the click rate.
 */
export function drawClicks(exposures: Exposures, { items, people, seed, recipe }: ClickOptions): Clicks {
  const random = new RandomStream(seed, "world", "clicks");
  const logits = Float64Array.from(exposures.item, (item, e) => {
    const { interests, readiness } = people[exposures.user[e]!]!;
    const { seedItem, weights } = interests[exposures.activeInterest[e]!]!;
    const match = similarity(items, { a: seedItem, b: item, weights });
    return recipe.matchWeight * match + recipe.qualityWeight * items.quality[item]! + readiness;
  });
  const intercept = interceptFor(logits, recipe.clickRate);
  const probability = logits.map((logit) => sigmoid(intercept + logit));
  return { clicked: Uint8Array.from(probability, (p) => (random.uniform() < p ? 1 : 0)), probability, intercept };
}

/** The a for which the mean of sigmoid(a + logit) is `rate`, by bisection. */
function interceptFor(logits: Float64Array, rate: number): number {
  let low = -50;
  let high = 50;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (const logit of logits) sum += sigmoid(middle + logit);
    if (sum < rate * logits.length) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

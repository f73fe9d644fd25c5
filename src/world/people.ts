import { RandomStream } from "../random.js";
import { drawExponential } from "./draws.js";
import type { WorldItems } from "./items.js";
import type { Recipe } from "./recipe.js";
import { similarity, type Weights } from "./similarity.js";

/** One thing that a person is after: items like this one, as these weights see it. */
export interface Interest {
  /** Index of an item. */
  seedItem: number;
  weights: Weights;
}

export interface Person {
  /** Ascending as texts, from the first person to the last. */
  id: string;
  /** Of different main topics. */
  interests: Interest[];
  /** Readiness to click, in logits. */
  readiness: number;
  /** How much the person looks around while there, relative to the others. */
  activity: number;
}

interface PeopleOptions {
  items: WorldItems;
  seed: number;
  recipe: Recipe;
}

/** A person's taste runs through the interests: their style and price are alike, with these weights. */
const TASTE: Weights = [0, 2 / 3, 1 / 3];

/**
 * Draws the people. Seed items were there from the start and differ in main topic within a person. The first is any item;
 * each further one is, of `tasteChoices` items, the nearest in style and price to the first.
 */
export function makePeople(count: number, { items, seed, recipe }: PeopleOptions): Person[] {
  const random = new RandomStream(seed, "world", "people");
  const width = String(count).length;
  const [fewest, most] = recipe.interests;
  const old = Array.from(items.debut.keys()).filter((i) => items.debut[i] === 0);
  const topicsOnSale = new Set(old.map((i) => items.topic[i])).size;
  return Array.from({ length: count }, (_, u) => {
    const wanted = Math.min(fewest + random.below(most - fewest + 1), topicsOnSale);
    const seeds = [old[random.below(old.length)]!];
    while (seeds.length < wanted) {
      const taken = new Set(seeds.map((i) => items.topic[i]));
      let nearest = -1;
      let highest = Number.NEGATIVE_INFINITY;
      for (let choice = 0; choice < recipe.tasteChoices; ) {
        const item = old[random.below(old.length)]!;
        if (taken.has(items.topic[item])) continue;
        choice++;
        const likeness = similarity(items, { a: seeds[0]!, b: item, weights: TASTE });
        if (likeness > highest) [nearest, highest] = [item, likeness];
      }
      seeds.push(nearest);
    }
    return {
      id: `u${String(u + 1).padStart(width, "0")}`,
      interests: seeds.map((seedItem) => ({ seedItem, weights: drawWeights(random, recipe) })),
      readiness: recipe.personSpread * random.normal(),
      activity: Math.exp(0.6 * random.normal()),
    };
  });
}

function drawWeights(random: RandomStream, { weightShapes }: Recipe): Weights {
  const [topic, style, price] = [
    drawGamma(random, weightShapes[0]),
    drawGamma(random, weightShapes[1]),
    drawGamma(random, weightShapes[2]),
  ];
  const sum = topic + style + price;
  return [topic / sum, style / sum, price / sum];
}

/** Gamma with a whole-number shape: the sum of that many exponentials of mean 1. */
function drawGamma(random: RandomStream, shape: number): number {
  let sum = 0;
  for (let k = 0; k < shape; k++) sum += drawExponential(random, 1);
  return sum;
}

import type { WorldItems } from "./items.js";
import type { Random } from "./random.js";
import type { Recipe } from "./recipe.js";
import { similarity, type Weights } from "./similarity.js";

/** One thing that a person is after: items like this one, seen with these weights. */
export interface Interest {
  /** Index of the seed item. */
  seedItem: number;
  weights: Weights;
}

/** A person with two to four interests of different topics. */
export interface Person {
  id: string;
  interests: Interest[];
  /** Readiness to click, in logits. */
  readiness: number;
  /** How much the person is online, relative to others while they are around. */
  activity: number;
}

/** Draws the people. Seed items are items that were there from the start, of different main topics for one person. */
export function makePeople(
  count: number,
  { items, random, recipe }: { items: WorldItems; random: Random; recipe: Recipe },
): Person[] {
  const width = String(count).length;
  const [fewest, most] = recipe.interests;
  const old = Array.from({ length: items.count }, (_, i) => i).filter((i) => items.debut[i] === 0);
  const topicsToChoose = new Set(old.map((i) => items.topic[i])).size;
  return Array.from({ length: count }, (_, u) => {
    const wanted = Math.min(fewest + random.integer(most - fewest + 1), topicsToChoose);
    const interests: Interest[] = [];
    while (interests.length < wanted) {
      let seedItem = -1, bestS = -9;
      const k = interests.length === 0 ? 1 : ((recipe as any).taste ?? 1);
      for (let c = 0; c < k;) {
        const cand = old[random.integer(old.length)]!;
        if (interests.some((other) => items.topic[other.seedItem] === items.topic[cand])) continue;
        c++;
        const s = k === 1 ? 0 : similarity(items, { a: interests[0]!.seedItem, b: cand, weights: [0, 2/3, 1/3] });
        if (s > bestS) { bestS = s; seedItem = cand; }
      }
      interests.push({ seedItem, weights: drawWeights(random, recipe) });
    }
    return {
      id: `u${String(u + 1).padStart(width, "0")}`,
      interests,
      readiness: recipe.personSpread * random.normal(),
      activity: Math.exp(0.6 * random.normal()),
    };
  });
}

function drawWeights(random: Random, { weightShapes }: Recipe): Weights {
  const [topic, style, price] = weightShapes.map((shape) => drawGamma(random, shape)) as [number, number, number];
  const sum = topic + style + price;
  return [topic / sum, style / sum, price / sum];
}

/** Gamma with a whole-number shape: the sum of that many exponentials of mean 1. */
function drawGamma(random: Random, shape: number): number {
  let sum = 0;
  for (let k = 0; k < shape; k++) sum += random.exponential(1);
  return sum;
}

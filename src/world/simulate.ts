import { RandomStream } from "../random.js";
import { makeCalendar } from "./calendar.js";
import { type Clicks, drawClicks } from "./clicks.js";
import { type Exposures, makeExposures } from "./exposures.js";
import { informedScores } from "./informed.js";
import { makeItems, type WorldItems } from "./items.js";
import { makePeople, type Person } from "./people.js";
import type { Recipe } from "./recipe.js";
import { type FrozenVectors, noisyView } from "./vectors.js";

/** A world in memory, its truth included. */
export interface World {
  items: WorldItems;
  people: Person[];
  exposures: Exposures;
  clicks: Clicks;
  /** Scores of the informed yardstick, one per exposure. */
  informed: Float64Array;
  topicView: FrozenVectors;
  styleView: FrozenVectors;
}

/** The seed and the sizes of a world. */
export interface WorldSize {
  seed: number;
  users: number;
  items: number;
  events: number;
}

/** Makes a world. The same seed, sizes and recipe make the same world, to the bit. */
export function simulate({ seed, users, items: itemCount, events }: WorldSize, recipe: Recipe): World {
  const items = makeItems(itemCount, { seed, recipe });
  const people = makePeople(users, { items, seed, recipe });
  const calendar = makeCalendar(people, { events, seed });
  const exposures = makeExposures(people, { items, calendar, seed, recipe });
  const clicks = drawClicks(exposures, { items, people, seed, recipe });
  const informed = informedScores(exposures, { items, clicks, clickRate: recipe.clickRate });
  const view = { rows: items.count, dimension: recipe.vectorDimensions };
  const topicRandom = new RandomStream(seed, "world", "topic view");
  const styleRandom = new RandomStream(seed, "world", "style view");
  return {
    items,
    people,
    exposures,
    clicks,
    informed,
    topicView: noisyView(items.topicVector, { ...view, noise: recipe.topicNoise, random: topicRandom }),
    styleView: noisyView(items.style, { ...view, noise: recipe.styleNoise, random: styleRandom }),
  };
}

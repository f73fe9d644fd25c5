import { makeCalendar } from "./calendar.js";
import { type Clicks, drawClicks } from "./clicks.js";
import { type Exposures, makeExposures } from "./exposures.js";
import { informedScores } from "./informed.js";
import { makeItems, type WorldItems } from "./items.js";
import { makePeople, type Person } from "./people.js";
import { Random } from "./random.js";
import type { Recipe } from "./recipe.js";
import { type FrozenVectors, noisyView } from "./vectors.js";

/** Everything of a world, its truth included, in memory. */
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

/** Makes a world from its seed and sizes: the same ones give the same world. */
export function simulate(
  { seed, users, items: itemCount, events }: { seed: number; users: number; items: number; events: number },
  recipe: Recipe,
): World {
  const random = new Random(seed);
  const items = makeItems(itemCount, { random: random.fork("items"), recipe });
  const people = makePeople(users, { items, random: random.fork("people"), recipe });
  const calendar = makeCalendar(people, { events, random: random.fork("calendar") });
  const exposures = makeExposures(people, { items, calendar, random: random.fork("exposures"), recipe });
  const clicks = drawClicks(exposures, { items, people, random: random.fork("clicks"), recipe });
  const view = { rows: items.count, dimension: recipe.vectorDimensions };
  return {
    items,
    people,
    exposures,
    clicks,
    informed: informedScores(exposures, { items, clicks, clickRate: recipe.clickRate }),
    topicView: noisyView(items.topicVector, { ...view, noise: recipe.topicNoise, random: random.fork("topic view") }),
    styleView: noisyView(items.style, { ...view, noise: recipe.styleNoise, random: random.fork("style view") }),
  };
}

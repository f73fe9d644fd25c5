import { makeCalendar } from "./calendar.js";
import { type Clicks, drawClicks } from "./clicks.js";
import { type Exposures, makeExposures } from "./exposures.js";
import { informedScores } from "./informed.js";
import { makeItems, type WorldItems } from "./items.js";
import { makePeople, type Person } from "./people.js";
import type { Recipe } from "./recipe.js";

/** A world in memory, its truth included. */
export interface World {
  items: WorldItems;
  people: Person[];
  exposures: Exposures;
  clicks: Clicks;
  /** Scores of the informed yardstick, one per exposure. */
  informed: Float64Array;
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
  return { items, people, exposures, clicks, informed };
}

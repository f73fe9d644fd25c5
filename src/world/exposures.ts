import { RandomStream } from "../random.js";
import type { WorldItems } from "./items.js";
import type { Interest, Person } from "./people.js";
import type { Recipe } from "./recipe.js";
import { Shop } from "./shop.js";
import { similarity } from "./similarity.js";

/** What was shown to whom and when, in the order (time, item, user). One entry per exposure. */
export interface Exposures {
  count: number;
  /** Index of the person. */
  user: Int32Array;
  /** Index of the item. */
  item: Int32Array;
  /** Seconds since 1970. */
  time: Float64Array;
  /** The person's interest that was active: an index into `interests`. */
  activeInterest: Uint8Array;
}

interface ExposureOptions {
  items: WorldItems;
  /** Moments of each person. */
  calendar: readonly Float64Array[];
  seed: number;
  recipe: Recipe;
}

/**
 * Shows items to people. The active interest stays from one event to the next with probability .97. Half of the exposures
 * are draws by popularity; each of the others is, of 30 such draws, the one that matches an interest best: the active one
 * with probability .7. An item that is among a person's last 50 is not drawn for that person.
 */
export function makeExposures(
  people: readonly Person[],
  { items, calendar, seed, recipe }: ExposureOptions,
): Exposures {
  const random = new RandomStream(seed, "world", "exposures");
  const count = calendar.reduce((sum, moments) => sum + moments.length, 0);
  const shown: Exposures = {
    count,
    user: new Int32Array(count),
    item: new Int32Array(count),
    time: new Float64Array(count),
    activeInterest: new Uint8Array(count),
  };
  const shop = new Shop(items);
  const window = Math.min(recipe.noRepeat, items.count >> 2);
  const lastShown = new Int32Array(items.count);
  let e = 0;
  for (const [u, { interests }] of people.entries()) {
    let active = random.below(interests.length);
    lastShown.fill(-1 - window);
    for (const [position, time] of calendar[u]!.entries()) {
      if (position > 0 && random.uniform() >= recipe.stay) active = otherThan(active, interests.length, random);
      const onSale = shop.onSale(time);
      const draw = (): number => {
        for (;;) {
          const item = shop.draw(onSale, random);
          if (position - lastShown[item]! > window) return item;
        }
      };
      let item = draw();
      if (random.uniform() >= recipe.popularShare) {
        const wanted = random.uniform() < recipe.activeShown ? active : otherThan(active, interests.length, random);
        const candidates = Array.from({ length: recipe.shelf - 1 }, draw);
        item = bestFor(interests[wanted]!, { items, candidates: [item, ...candidates] });
      }
      lastShown[item] = position;
      shown.user[e] = u;
      shown.item[e] = item;
      shown.time[e] = time;
      shown.activeInterest[e] = active;
      e++;
    }
  }
  return inOrder(shown);
}

function otherThan(index: number, count: number, random: RandomStream): number {
  return count === 1 ? index : (index + 1 + random.below(count - 1)) % count;
}

function bestFor(interest: Interest, { items, candidates }: { items: WorldItems; candidates: number[] }): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (const item of candidates) {
    const match = similarity(items, { a: interest.seedItem, b: item, weights: interest.weights });
    if (match > highest) [best, highest] = [item, match];
  }
  return best;
}

function inOrder({ count, user, item, time, activeInterest }: Exposures): Exposures {
  const order = Int32Array.from({ length: count }, (_, e) => e).sort(
    (a, b) => time[a]! - time[b]! || item[a]! - item[b]! || user[a]! - user[b]!,
  );
  return {
    count,
    user: order.map((e) => user[e]!),
    item: order.map((e) => item[e]!),
    time: Float64Array.from(order, (e) => time[e]!),
    activeInterest: Uint8Array.from(order, (e) => activeInterest[e]!),
  };
}

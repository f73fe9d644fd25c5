import { type Calendar, WORLD_LENGTH, WORLD_START } from "./calendar.js";
import type { WorldItems } from "./items.js";
import type { Interest, Person } from "./people.js";
import type { Random } from "./random.js";
import type { Recipe } from "./recipe.js";
import { similarity } from "./similarity.js";

/** What was shown to whom, when, and which interest was active then: sorted by (time, item, user). */
export interface Exposures {
  count: number;
  user: Int32Array;
  item: Int32Array;
  /** Seconds since 1970. */
  time: Float64Array;
  /** Index into the person's interests. */
  activeInterest: Uint8Array;
}

/**
 * Shows items to people. The active interest stays with probability `stay` from one event to the next. Half of the
 * exposures come from popularity; the other half are the best of 30 items for an interest, mostly the active one.
 */
export function makeExposures(
  people: readonly Person[],
  { items, calendar, random, recipe }: { items: WorldItems; calendar: Calendar; random: Random; recipe: Recipe },
): Exposures {
  const count = calendar.reduce((sum, times) => sum + times.length, 0);
  const drawn = { user: new Int32Array(count), item: new Int32Array(count), time: new Float64Array(count) };
  const active = new Uint8Array(count);
  const shop = openShop(items);
  const window = Math.min(recipe.noRepeat, items.count >> 2);
  const lastShown = new Int32Array(items.count);

  let e = 0;
  for (const [u, person] of people.entries()) {
    const { interests } = person;
    let current = random.integer(interests.length);
    lastShown.fill(-1 - window);
    for (const [position, time] of calendar[u]!.entries()) {
      if (position > 0 && random.uniform() >= recipe.stay) current = otherThan(current, interests.length, random);
      const onSale = shop.onSaleAt(time);
      const isFresh = (item: number): boolean => position - lastShown[item]! > window;
      const draw = (pick: () => number): number => {
        for (;;) {
          const item = pick();
          if (isFresh(item)) return item;
        }
      };
      let item: number;
      if (random.uniform() < recipe.popularShare) {
        item = draw(() => shop.popular(onSale, random));
      } else {
        const shown =
          random.uniform() < recipe.activeShown ? current : otherThan(current, interests.length, random);
        item = bestFor(interests[shown]!, {
          items,
          candidates: Array.from({ length: recipe.shelf }, () => draw(() => (recipe as any).shelfPop ? shop.popular(onSale, random) : shop.any(onSale, random))),
        });
      }
      lastShown[item] = position;
      drawn.user[e] = u;
      drawn.item[e] = item;
      drawn.time[e] = time;
      active[e] = current;
      e++;
    }
  }
  return inOrderOfTime(drawn, active);
}

/** The items in the order of their debut: what is on sale at a time is the beginning of it. */
function openShop(items: WorldItems) {
  const order = Array.from({ length: items.count }, (_, i) => i).sort(
    (a, b) => items.debut[a]! - items.debut[b]! || a - b,
  );
  const debuts = order.map((i) => WORLD_START + items.debut[i]! * WORLD_LENGTH);
  const cumulated = new Float64Array(items.count);
  let sum = 0;
  for (const [k, i] of order.entries()) {
    sum += items.popularity[i]!;
    cumulated[k] = sum;
  }
  return {
    /** Number of items on sale at a time. */
    onSaleAt: (time: number): number => firstBeyond(debuts, time),
    /** An item on sale, each as likely as any other. */
    any: (onSale: number, random: Random): number => order[random.integer(onSale)]!,
    /** An item on sale, in proportion to its popularity. */
    popular: (onSale: number, random: Random): number => {
      const point = random.uniform() * cumulated[onSale - 1]!;
      return order[Math.min(firstBeyond(cumulated, point), onSale - 1)]!;
    },
  };
}

/** Index of the first value greater than x in an ascending list. */
function firstBeyond(ascending: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

function otherThan(current: number, count: number, random: Random): number {
  return count === 1 ? current : (current + 1 + random.integer(count - 1)) % count;
}

function bestFor(interest: Interest, { items, candidates }: { items: WorldItems; candidates: number[] }): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (const item of candidates) {
    const match = similarity(items, { a: interest.seedItem, b: item, weights: interest.weights });
    if (match > highest) {
      highest = match;
      best = item;
    }
  }
  return best;
}

function inOrderOfTime(drawn: Pick<Exposures, "user" | "item" | "time">, active: Uint8Array): Exposures {
  const { user, item, time } = drawn;
  const order = Int32Array.from(user, (_, e) => e).sort(
    (a, b) => time[a]! - time[b]! || item[a]! - item[b]! || user[a]! - user[b]!,
  );
  return {
    count: order.length,
    user: order.map((e) => user[e]!),
    item: order.map((e) => item[e]!),
    time: Float64Array.from(order, (e) => time[e]!),
    activeInterest: Uint8Array.from(order, (e) => active[e]!),
  };
}

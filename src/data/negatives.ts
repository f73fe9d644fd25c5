import { MmdinError } from "../errors.js";
import { RandomStream } from "../random.js";
import type { Candidates } from "./candidates.js";
import type { EventColumns } from "./columns.js";
import type { Pairs } from "./excluded.js";

export interface NegativesInput {
  events: Pick<EventColumns, "count" | "userStart" | "item">;
  /** What is drawn, each with random numbers of its own: those of its place in this list. */
  draws: readonly Draw[];
  /** Number of items, the unknown one included. */
  items: number;
  /** More items that a user is never given. */
  exclude?: Pairs | undefined;
  seed: number;
  userName(user: number): string;
}

export interface Draw {
  /** Rows or ranking lists: all places of a group after the first, which holds the positive, are filled in. */
  table: Candidates;
  /** [items] weight of each item; without, every item of the universe is drawn alike. */
  weights?: Uint32Array | undefined;
  /** Where errors point to. */
  where: string;
}

/**
 * Draws negatives for rows and ranking lists. The universe is every item with an event; a user is never given an item of
 * any of its own events or of `exclude`. Draws for one positive are distinct, and depend on the seed, the event and its
 * table alone.
 *
 * @throws MmdinError DATA where a user leaves too few items to draw from.
 */
export function drawNegatives(input: NegativesInput): void {
  const { events, draws, items, exclude, seed } = input;
  const universes = draws.map(({ weights }) => universeOf(input, weights));
  const barred = new Int32Array(universes.length);
  const stamp = new Int32Array(items);
  let excluded = 0;
  for (let user = 0; user + 1 < events.userStart.length; user++) {
    const [start, end] = [events.userStart[user]!, events.userStart[user + 1]!];
    const mark = user + 1;
    barred.fill(0);
    const bar = (item: number) => {
      if (stamp[item] === mark) return;
      stamp[item] = mark;
      for (let u = 0; u < universes.length; u++) barred[u]! += universes[u]!.holds[item]!;
    };
    for (let e = start; e < end; e++) bar(events.item[e]!);
    if (exclude) {
      while (excluded < exclude.user.length && exclude.user[excluded]! < user) excluded++;
      for (; exclude.user[excluded] === user; excluded++) bar(exclude.item[excluded]!);
    }
    const free = (item: number) => stamp[item] !== mark;
    for (const [purpose, { table, where }] of draws.entries()) {
      if (table.size < 2) continue;
      const universe = universes[purpose]!;
      const left = universe.items.length - barred[purpose]!;
      for (let e = start; e < end; e++) {
        const group = table.groupOf[e]!;
        if (group < 0) continue;
        if (left < table.size - 1) throw tooFew(input, { user, left, wanted: table.size - 1, where });
        const random = new RandomStream(seed, purpose, e);
        fill(table.items(group).subarray(1), universe, { free, left, random });
      }
    }
  }
}

/** Draws in vain before the free items are listed. */
const MOST_TRIES = 1000;

interface Universe {
  items: Int32Array;
  /** 1 for items that can be drawn. */
  holds: Uint8Array;
  /** Weights summed up over `items`, where they differ. */
  cumulative?: Float64Array;
}

function universeOf({ events, items }: NegativesInput, weights: Uint32Array | undefined): Universe {
  const holds = new Uint8Array(items);
  for (let e = 0; e < events.count; e++) {
    const item = events.item[e]!;
    if (!weights || weights[item]! > 0) holds[item] = 1;
  }
  const list: number[] = [];
  for (let item = 0; item < items; item++) if (holds[item] === 1) list.push(item);
  const universe: Universe = { items: Int32Array.from(list), holds };
  if (!weights) return universe;
  const cumulative = new Float64Array(list.length);
  list.forEach((item, k) => {
    cumulative[k] = (k > 0 ? cumulative[k - 1]! : 0) + weights[item]!;
  });
  return { ...universe, cumulative };
}

/** Fills `places` with distinct free items: by rejection, or from the list of free items where most are barred. */
function fill(
  places: Int32Array,
  universe: Universe,
  { free, left, random }: { free: (item: number) => boolean; left: number; random: RandomStream },
): void {
  const scarce = left * 8 < universe.items.length || places.length * 2 > left;
  if (scarce || !fillByRejection(places, universe, { free, random })) fillFromList(places, universe, { free, random });
}

/** Draws until every place holds a distinct free item; gives up, false, where that takes too long. */
function fillByRejection(
  places: Int32Array,
  universe: Universe,
  { free, random }: { free: (item: number) => boolean; random: RandomStream },
): boolean {
  for (let p = 0; p < places.length; p++) {
    let item = pick(universe, random);
    for (let tries = 0; !free(item) || taken(places, p, item); tries++) {
      if (tries > MOST_TRIES) return false;
      item = pick(universe, random);
    }
    places[p] = item;
  }
  return true;
}

function taken(places: Int32Array, until: number, item: number): boolean {
  for (let p = 0; p < until; p++) if (places[p] === item) return true;
  return false;
}

function pick({ items, cumulative }: Universe, random: RandomStream): number {
  if (!cumulative) return items[random.below(items.length)]!;
  const at = random.uniform() * cumulative[cumulative.length - 1]!;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return items[low]!;
}

function fillFromList(
  places: Int32Array,
  { items, cumulative }: Universe,
  { free, random }: { free: (item: number) => boolean; random: RandomStream },
): void {
  const weightAt = (k: number) => (cumulative ? cumulative[k]! - (k > 0 ? cumulative[k - 1]! : 0) : 1);
  const open: { item: number; weight: number }[] = [];
  items.forEach((item, k) => {
    if (free(item)) open.push({ item, weight: weightAt(k) });
  });
  for (let p = 0; p < places.length; p++) {
    const [chosen] = open.splice(cumulative ? weighted(open, random) : random.below(open.length), 1);
    if (chosen) places[p] = chosen.item;
  }
}

function weighted(open: readonly { weight: number }[], random: RandomStream): number {
  let rest = random.uniform() * open.reduce((sum, { weight }) => sum + weight, 0);
  for (const [k, { weight }] of open.entries()) {
    rest -= weight;
    if (rest < 0) return k;
  }
  return open.length - 1;
}

function tooFew(
  { userName }: NegativesInput,
  { user, left, wanted, where }: { user: number; left: number; wanted: number; where: string },
): MmdinError {
  return new MmdinError("DATA", `too few items to draw negatives for user ${JSON.stringify(userName(user))}`, {
    where,
    expected: `${wanted} items that the user has not had`,
    got: String(left),
    fix: "Ask for fewer (`negatives.perPositive`, `ranking.negatives`), or exclude less.",
  });
}

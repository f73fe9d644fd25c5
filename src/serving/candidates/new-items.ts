import { mix } from "../../random.js";

export interface NewItemsQuestion {
  /** Items with an index above this one have no event in training. */
  trained: number;
  /** Items of the catalogue, the unknown one included. */
  items: number;
  /** How many are meant to be shown; the list goes on behind them. */
  share: number;
  /** How long the list may be. */
  count: number;
  allows: (item: number) => boolean;
  /** Who asks; people see different ones. */
  user: string;
  /** Seconds; the hour decides whose turn it is. */
  time: number;
}

const HOUR = 3600;

/**
 * Items without an event in training: half of the share are those added last, the newest first; in the other half the
 * others take turns. The turn of one person moves on each hour by as many items as it has places, and starts at a place of the person's
 * own: within (others / places) hours each of them has come to every person, however many there are, and at any time different people
 * see different ones. The same question gives the same items.
 */
export function newItems({ trained, items, share, count, allows, user, time }: NewItemsQuestion): Int32Array {
  const pool = items - 1 - trained;
  if (pool <= 0 || count <= 0) return new Int32Array(0);
  const found: number[] = [];
  const taken = new Set<number>();
  const take = (item: number): void => {
    if (taken.has(item) || !allows(item)) return;
    taken.add(item);
    found.push(item);
  };
  const turns = Math.ceil(share / 2);
  const fresh = Math.min(share - turns, pool);
  for (let item = items - 1; item > trained && found.length < Math.min(count, fresh); item--) take(item);
  const others = pool - fresh;
  if (others === 0) return Int32Array.from(found);
  let place = 0;
  for (let i = 0; i < user.length; i++) place = mix(place, user.charCodeAt(i));
  const from = (place + Math.floor(time / HOUR) * turns) % others;
  for (let k = 0; k < others && found.length < count; k++) take(trained + 1 + ((from + others + k) % others));
  return Int32Array.from(found);
}

import { MmdinError } from "../errors.js";
import type { Truth } from "./truth.js";

/** An event by the ids that its dataset knows. */
export interface EventKey {
  user: string;
  item: string;
  /** Seconds since 1970. */
  time: number;
}

/**
 * Finds events in the truth: entry k of the answer is the row of `truth.events` that is event k, so that scores of a model
 * stand beside what is true of their rows. (user, time) is unique in a world.
 *
 * @throws MmdinError MISMATCH naming the first event that the world does not have.
 * @example
 * const rows = findTruthRows(readTruth("world"), [{ user: "u001", item: "i0042", time: 1704123456 }]);
 */
export function findTruthRows(truth: Truth, events: Iterable<EventKey>): Int32Array {
  const { user, item, time, count } = truth.events;
  const rowAt = new Map<string, number>();
  for (let row = 0; row < count; row++) rowAt.set(`${truth.people[user[row]!]!.user} ${time[row]!}`, row);
  return Int32Array.from(events, (event) => {
    const row = rowAt.get(`${event.user} ${event.time}`);
    if (row !== undefined && truth.items[item[row]!]!.item === event.item) return row;
    throw new MmdinError("MISMATCH", "the world has no such event", {
      expected: `events of the world of seed ${truth.manifest.size.seed}`,
      got: `user ${event.user}, item ${event.item}, time ${event.time}`,
      fix: "Give the world that the dataset was prepared from.",
    });
  });
}

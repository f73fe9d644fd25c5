import type { Person } from "./people.js";
import type { Random } from "./random.js";

const DAY = 86_400;

/** 2024-01-01T00:00:00Z, in seconds. */
export const WORLD_START = 1_704_067_200;
/** Length of the world's time in seconds: the 366 days of 2024. */
export const WORLD_LENGTH = 366 * DAY;

/** When each person is shown something: seconds since 1970, strictly increasing, one list per person. */
export type Calendar = Float64Array[];

const EVENTS_PER_SESSION = 8;
const MEAN_GAP = 40;

/**
 * Draws `events` moments of exposure for the people. Each is around for a part of the year, arriving and leaving at any
 * time (so that the number of events per day has no trend), and comes in sessions: bursts of about eight events some
 * forty seconds apart, mostly in the evening. Everybody has at least one event.
 */
export function makeCalendar(people: readonly Person[], { events, random }: { events: number; random: Random }): Calendar {
  const stays = people.map(({ activity }) => {
    const length = 0.3 + 1.2 * random.uniform();
    const arrival = -length + (1 + length) * random.uniform();
    const from = Math.max(0, arrival);
    const to = Math.min(1, arrival + length);
    return { from, to, weight: activity * (to - from) };
  });
  const counts = shareOut(
    events,
    stays.map(({ weight }) => weight),
  );
  return stays.map(({ from, to }, u) => {
    const wanted = counts[u]!;
    const sizes: number[] = [];
    for (let left = wanted; left > 0; left -= sizes.at(-1)!) {
      sizes.push(Math.min(left, 1 + Math.floor(random.exponential(EVENTS_PER_SESSION - 0.5))));
    }
    const starts = sizes.map(() => sessionStart({ from, to, random })).sort((a, b) => a - b);
    const times = new Float64Array(wanted);
    let written = 0;
    let now = 0;
    for (const [s, size] of sizes.entries()) {
      now = Math.max(now + 1, starts[s]!);
      for (let e = 0; e < size; e++) {
        if (e > 0) now += 1 + Math.floor(random.exponential(MEAN_GAP));
        times[written++] = now;
      }
    }
    return times;
  });
}

/** A moment of a random day between two fractions of the year, at a random hour: evenings more than days. */
function sessionStart({ from, to, random }: { from: number; to: number; random: Random }): number {
  const day = Math.floor(((from + (to - from) * random.uniform()) * WORLD_LENGTH) / DAY);
  const hour = random.uniform() < 0.6 ? 20 + 1.5 * random.normal() : 13 + 3 * random.normal();
  const second = Math.floor(Math.min(Math.max(hour, 0), 23.9) * 3600);
  return WORLD_START + Math.min(day, WORLD_LENGTH / DAY - 1) * DAY + second + random.integer(300);
}

/** Shares `total` out by weight in whole numbers, at least one each, the largest remainders first. */
function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => ((total - weights.length) * weight) / sum);
  const counts = exact.map((x) => 1 + Math.floor(x));
  const rest = total - counts.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((x, i) => ({ i, remainder: x - Math.floor(x) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (let k = 0; k < rest; k++) counts[byRemainder[k]!.i]! += 1;
  return counts;
}

import { RandomStream } from "../random.js";
import { drawExponential } from "./draws.js";
import type { Person } from "./people.js";

const DAY = 86_400;
const DAYS = 366;

/** 2024-01-01T00:00:00Z, in seconds since 1970. */
export const WORLD_START = 1_704_067_200;
/** The year 2024, in seconds. */
export const WORLD_LENGTH = DAYS * DAY;

const SESSION_LENGTH = 8;
const MEAN_GAP = 40;

/** A part of the year, as fractions of it. */
interface Stay {
  from: number;
  to: number;
}

/**
 * Draws when each person is shown something: whole seconds since 1970, strictly increasing, one list per person.
 *
 * Everybody is there for a part of the year, arriving and leaving at any time, so that the days have no trend, and comes in
 * sessions of about eight events some forty seconds apart, mostly in the evening. Everybody has at least one event.
 */
export function makeCalendar(
  people: readonly Person[],
  { events, seed }: { events: number; seed: number },
): Float64Array[] {
  const random = new RandomStream(seed, "world", "calendar");
  const stays = people.map((): Stay => {
    const length = 0.3 + 1.2 * random.uniform();
    const arrival = -length + (1 + length) * random.uniform();
    return { from: Math.max(0, arrival), to: Math.min(1, arrival + length) };
  });
  const counts = shareOut(
    events,
    stays.map(({ from, to }, u) => people[u]!.activity * (to - from)),
  );
  return stays.map((stay, u) => drawMoments(counts[u]!, { stay, random }));
}

function drawMoments(count: number, { stay, random }: { stay: Stay; random: RandomStream }): Float64Array {
  const sizes: number[] = [];
  for (let left = count; left > 0; left -= sizes.at(-1)!) {
    sizes.push(Math.min(left, 1 + Math.floor(drawExponential(random, SESSION_LENGTH - 0.5))));
  }
  const starts = sizes.map(() => drawSessionStart(stay, random)).sort((a, b) => a - b);
  const moments = new Float64Array(count);
  let written = 0;
  let now = 0;
  for (const [s, size] of sizes.entries()) {
    now = Math.max(now + 1, starts[s]!);
    for (let e = 0; e < size; e++) {
      if (e > 0) now += 1 + Math.floor(drawExponential(random, MEAN_GAP));
      moments[written++] = now;
    }
  }
  return moments;
}

/** A moment of any day of the stay, six times in ten in the evening. */
function drawSessionStart({ from, to }: Stay, random: RandomStream): number {
  const day = Math.min(Math.floor((from + (to - from) * random.uniform()) * DAYS), DAYS - 1);
  const hour = random.uniform() < 0.6 ? 20 + 1.5 * random.normal() : 13 + 3 * random.normal();
  return WORLD_START + day * DAY + Math.floor(Math.min(Math.max(hour, 0), 23.5) * 3600);
}

/** Shares `total` out by weight in whole numbers, at least one each; what rounding leaves goes to the largest remainders. */
function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => 1 + ((total - weights.length) * weight) / sum);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((a, b) => a + b, 0);
  const remainder = (i: number): number => exact[i]! - counts[i]!;
  const byRemainder = Array.from(counts.keys()).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const i of byRemainder.slice(0, left)) counts[i]! += 1;
  return counts;
}

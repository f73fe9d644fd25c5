import { beforeAll, describe, expect, test } from "vitest";
import { WORLD_LENGTH, WORLD_START } from "./calendar.js";
import { RECIPE } from "./recipe.js";
import { simulate, type World } from "./simulate.js";

describe("exposures", () => {
  let world: World;
  beforeAll(() => {
    world = simulate({ seed: 3, users: 300, items: 400, events: 30_000 }, RECIPE);
  });

  test("a tenth of the items is new, and none of it is shown before the last fifth of the year", () => {
    const { exposures, items } = world;
    expect(items.debut.filter((debut) => debut > 0)).toHaveLength(40);
    const first = new Float64Array(items.count).fill(Number.POSITIVE_INFINITY);
    for (let e = exposures.count - 1; e >= 0; e--) first[exposures.item[e]!] = exposures.time[e]!;
    for (let i = 0; i < items.count; i++) {
      if (items.debut[i]! > 0) expect(first[i]).toBeGreaterThan(WORLD_START + 0.8 * WORLD_LENGTH);
    }
    const shown = first.filter((time, i) => items.debut[i]! > 0 && Number.isFinite(time)).length;
    expect(shown).toBeGreaterThan(35);
  });

  test("they stand in the order of time, item and user", () => {
    const { time, item, user, count } = world.exposures;
    let inOrder = true;
    for (let e = 1; e < count; e++) {
      const step = time[e]! - time[e - 1]! || item[e]! - item[e - 1]! || user[e]! - user[e - 1]!;
      if (step <= 0) inOrder = false;
    }
    expect(inOrder).toBe(true);
  });

  test("times are whole seconds of a year, no person has one twice, and below 1 % are anybody else's", () => {
    const { time, user, count } = world.exposures;
    const keys = new Set<string>();
    for (let e = 0; e < count; e++) keys.add(`${user[e]} ${time[e]}`);
    expect(keys.size).toBe(count);
    expect(time.every(Number.isInteger)).toBe(true);
    expect(time[0]!).toBeGreaterThanOrEqual(WORLD_START);
    expect(time[count - 1]!).toBeLessThan(WORLD_START + WORLD_LENGTH + 86_400);
    expect(count - new Set(time).size).toBeLessThan(0.01 * count);
  });

  test("nothing is shown again to a person that is among the last 50", () => {
    const last = new Map<string, number>();
    const seen = new Int32Array(300);
    let nearest = Number.POSITIVE_INFINITY;
    for (let e = 0; e < world.exposures.count; e++) {
      const user = world.exposures.user[e]!;
      const key = `${user} ${world.exposures.item[e]}`;
      const position = seen[user]!++;
      nearest = Math.min(nearest, position - (last.get(key) ?? Number.NEGATIVE_INFINITY));
      last.set(key, position);
    }
    expect(nearest).toBeGreaterThan(50);
  });

  test("the active interest stays with probability .97, and all of a person's come up", () => {
    const { user, activeInterest, count } = world.exposures;
    const before = new Int8Array(300).fill(-1);
    let pairs = 0;
    let stayed = 0;
    for (let e = 0; e < count; e++) {
      if (before[user[e]!]! >= 0) {
        pairs++;
        if (before[user[e]!] === activeInterest[e]) stayed++;
      }
      before[user[e]!] = activeInterest[e]!;
    }
    expect(Math.abs(stayed / pairs - 0.97)).toBeLessThan(0.005);
    expect(new Set(activeInterest).size).toBe(4);
  });
});

test("people have two to four interests of different topics, whose weights sum to 1, seeded by items of the first day", () => {
  const { people, items } = simulate({ seed: 4, users: 100, items: 200, events: 100 }, RECIPE);
  for (const { interests } of people) {
    expect([2, 3, 4]).toContain(interests.length);
    expect(new Set(interests.map(({ seedItem }) => items.topic[seedItem])).size).toBe(interests.length);
    for (const { seedItem, weights } of interests) {
      expect(items.debut[seedItem]).toBe(0);
      expect(weights[0] + weights[1] + weights[2]).toBeCloseTo(1, 12);
    }
  }
});

test.each([
  [1, 1, 1],
  [5, 2, 200],
  [40, 3, 40],
])("a world of %i people, %i items and %i events has just as many", (users, items, events) => {
  const world = simulate({ seed: 1, users, items, events }, RECIPE);
  expect(world.exposures.count).toBe(events);
  expect(new Set(world.exposures.user).size).toBe(users);
  expect(Math.max(...world.exposures.item)).toBeLessThan(items);
});

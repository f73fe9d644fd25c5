import { describe, expect, test } from "vitest";
import { RECIPE } from "./recipe.js";
import { simulate, type World } from "./simulate.js";
import { makeManifest, type WorldManifest } from "./world-manifest.js";
import { sliceStarts, yardsticksOf } from "./yardsticks.js";

describe.each([1, 2])("the default world of seed %i", (seed) => {
  const size = { seed, users: 800, items: 1200, events: 90_000 };
  let world: World | undefined;
  const made = (): { world: World; manifest: WorldManifest } => {
    world ??= simulate(size, RECIPE);
    return { world, manifest: makeManifest(world, { size, recipe: RECIPE }) };
  };

  test("on test, the oracle's AUC is .85 +- .02 and that of known interests .74 +- .02", () => {
    const { yardsticks } = made().manifest;
    expect(Math.abs(yardsticks.oracle! - 0.85)).toBeLessThan(0.02);
    expect(Math.abs(yardsticks.interestsKnown! - 0.74)).toBeLessThan(0.02);
  });

  test("on test, popularity is clearly above .5, and informed is above it and below the interests", () => {
    const { popularity, informed, interestsKnown } = made().manifest.yardsticks;
    expect(popularity!).toBeGreaterThan(0.53);
    expect(informed!).toBeGreaterThan(popularity! + 0.08);
    expect(informed!).toBeLessThan(interestsKnown!);
  });

  test("38 % of the exposures are clicked, and 36 to 40 % of those in test", () => {
    const { manifest, world } = made();
    const mean = world.clicks.probability.reduce((a, b) => a + b, 0) / size.events;
    expect(mean).toBeCloseTo(0.38, 6);
    expect(Math.abs(manifest.clickRate - 0.38)).toBeLessThan(0.005);
    expect(Math.abs(manifest.testClickRate! - 0.38)).toBeLessThan(0.02);
  });

  test("500 to 1,300 of the 9,000 test rows are of items that training does not know", () => {
    const { counts } = made().manifest;
    expect(counts).toMatchObject({ events: 90_000, trainRows: 72_000, validRows: 9000, testRows: 9000, newItems: 120 });
    expect(counts.testColdRows).toBeGreaterThan(500);
    expect(counts.testColdRows).toBeLessThan(1300);
  });
});

test("a world too small for a test row of each kind has yardsticks null", () => {
  const world = simulate({ seed: 1, users: 1, items: 1, events: 1 }, RECIPE);
  expect(yardsticksOf(world)).toEqual({ oracle: null, interestsKnown: null, informed: null, popularity: null });
});

test("the slices of 11 events start at 8 and 9, as `prepare` cuts them", () => {
  expect(sliceStarts(11)).toEqual({ valid: 8, test: 9 });
});

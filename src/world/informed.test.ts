import { expect, test } from "vitest";
import { informedScores } from "./informed.js";
import { makeItems } from "./items.js";
import { RECIPE } from "./recipe.js";
import { similarity, type Weights } from "./similarity.js";

const items = makeItems(3, { seed: 1, recipe: RECIPE });
const EVEN: Weights = [1 / 3, 1 / 3, 1 / 3];
const like = (a: number, b: number): number => similarity(items, { a, b, weights: EVEN });

test("scores count strictly earlier events only: by hand for one person of four events, two at one time", () => {
  const exposures = {
    count: 4,
    user: Int32Array.of(0, 0, 0, 0),
    item: Int32Array.of(0, 1, 2, 0),
    time: Float64Array.of(100, 200, 200, 300),
    activeInterest: new Uint8Array(4),
  };
  const clicks = { clicked: Uint8Array.of(1, 0, 1, 0), probability: new Float64Array(4), intercept: 0 };
  const scores = informedScores(exposures, { items, clicks, clickRate: 0.4 });
  const afterOne = (1 + 5 * 0.4) / 6;
  const afterThree = (2 + 5 * 0.4) / 8;
  expect(scores[0]).toBeCloseTo(0.4, 12);
  expect(scores[1]).toBeCloseTo((1 - afterOne) * like(1, 0) + 0.4, 12);
  expect(scores[2]).toBeCloseTo((1 - afterOne) * like(2, 0) + 0.4, 12);
  const past =
    (1 - afterThree) * like(0, 2) + 0.9 * (0 - afterThree) * like(0, 1) + 0.81 * (1 - afterThree) * like(0, 0);
  expect(scores[3]).toBeCloseTo(past + afterOne, 12);
});

test("other people's clicks enter through the item's running rate alone", () => {
  const exposures = {
    count: 2,
    user: Int32Array.of(0, 1),
    item: Int32Array.of(2, 2),
    time: Float64Array.of(100, 200),
    activeInterest: new Uint8Array(2),
  };
  const clicks = { clicked: Uint8Array.of(1, 0), probability: new Float64Array(2), intercept: 0 };
  const scores = informedScores(exposures, { items, clicks, clickRate: 0.25 });
  expect(scores[1]).toBeCloseTo((1 + 5 * 0.25) / 6, 12);
});

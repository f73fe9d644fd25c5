import { expect, test } from "vitest";
import { makeItems } from "./items.js";
import { RECIPE } from "./recipe.js";
import { similarity } from "./similarity.js";

const items = makeItems(2, { seed: 1, recipe: { ...RECIPE, topics: 3, styleDimensions: 2 } });
items.topicVector.set([1, 0, 0, 0.6, 0.8, 0]);
items.style.set([1, 0, 0, -1]);
items.price.set([0.5, 1.5]);

test("topic .6, style 0 and price exp(-1), weighed .5, .3 and .2, make .3 + .2 / e", () => {
  expect(similarity(items, { a: 0, b: 1, weights: [0.5, 0.3, 0.2] })).toBeCloseTo(0.3 + 0.2 / Math.E, 12);
});

test("an item is alike to itself by 1", () => {
  expect(similarity(items, { a: 1, b: 1, weights: [0.2, 0.3, 0.5] })).toBeCloseTo(1, 12);
});

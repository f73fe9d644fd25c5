import { expect, test } from "vitest";
import { unitBlocks } from "./unit-blocks.js";

const blocks = [
  { name: "look", start: 0, end: 2 },
  { name: "text", start: 2, end: 5 },
];

test("(3, 4 | 0, 0, 2) becomes (.6, .8 | 0, 0, 1) / sqrt(2), of length 1", () => {
  const [a, b, , , e] = unitBlocks(Float32Array.of(3, 4, 0, 0, 2), { dimension: 5, blocks });
  expect([a, b, e]).toEqual([0.6, 0.8, 1].map((x) => expect.closeTo(x / Math.SQRT2, 6)));
});

test("a block that is missing leaves the other at length 1, and a row of zeros is zeros", () => {
  const rows = unitBlocks(Float32Array.of(0, 0, 0, 5, 0, 0, 0, 0, 0, 0), { dimension: 5, blocks });
  expect([...rows]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

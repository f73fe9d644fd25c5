import { expect, test } from "vitest";
import { seedsOf } from "./comparison-arguments.js";

test("--seeds 3 is 1, 2 and 3; --seeds 4,7 are these two; without it, nothing is said", () => {
  expect(seedsOf("3")).toEqual([1, 2, 3]);
  expect(seedsOf("4, 7")).toEqual([4, 7]);
  expect(seedsOf("9,")).toEqual([9]);
  expect(seedsOf(undefined)).toBeUndefined();
});

test("what is no number of seeds is refused by the option's name", () => {
  for (const value of ["0", "many", "-1", "1,x", ",", ""]) expect(() => seedsOf(value), value).toThrow("--seeds");
  expect(() => seedsOf("5000")).toThrow("--seeds: so many seeds: expected at most 1,000, got 5000");
});

import { expect, test } from "vitest";
import { positiveRanks } from "./rank.js";

test("rank is 1 + candidates above + half of the tied: 1, 2.5 and 4", () => {
  const scores = Float32Array.of(9, 5, 3, 1, /**/ 3, 5, 3, 1, /**/ -1, 0, 1, 2);
  expect(Array.from(positiveRanks(scores, { width: 4 }))).toEqual([1, 2.5, 4]);
});

test("one score for all of 101 candidates ranks the positive 51st", () => {
  expect(Array.from(positiveRanks(new Float32Array(101), { width: 101 }))).toEqual([51]);
});

test("the positive may stand elsewhere: place 2 of 3, infinite scores included", () => {
  expect(Array.from(positiveRanks(Float64Array.of(-Infinity, 4, Infinity), { width: 3, positive: 1 }))).toEqual([2]);
});

test("a part of a list is refused with the count", () => {
  expect(() => positiveRanks(new Float32Array(7), { width: 3 })).toThrow(
    "positiveRanks: scores are not a whole number of candidate lists: expected a multiple of 3, got 7 scores",
  );
});

test("a NaN score is refused with its list, the positive's own included", () => {
  const bad = Float32Array.of(1, 2, 3, Number.NaN);
  expect(() => positiveRanks(bad, { width: 2 })).toThrow("candidate 1 of list 1: a score is not a number");
  expect(() => positiveRanks(bad, { width: 2, positive: 1 })).toThrow("of list 1: a score is not a number");
});

import { expect, test } from "vitest";
import { coverage } from "./coverage.js";

const items = Int32Array.of(1, 2, 3, 1, 4, 5);

test("two lists of three that both show items 1 and 2 or 4 cover 3 of the 5 items on offer", () => {
  const scores = Float32Array.of(3, 2, 1, 9, 8, 7);
  expect(coverage(scores, { items, width: 3, k: 2 })).toBe(3 / 5);
  expect(coverage(scores, { items, width: 3, k: 1 })).toBe(1 / 5);
  expect(coverage(scores, { items, width: 3, k: 3 })).toBe(1);
});

test("equal scores go to the items of lower index: 1 and 2, then 1 and 4", () => {
  expect(coverage(new Float32Array(6), { items, width: 3, k: 2 })).toBe(3 / 5);
});

test("no lists is null, lists of another length than their items an error", () => {
  expect(coverage(new Float32Array(0), { items: new Int32Array(0), width: 3, k: 2 })).toBeNull();
  expect(() => coverage(new Float32Array(3), { items, width: 3, k: 2 })).toThrow("coverage");
});

import { expect, test } from "vitest";
import { pairwiseAuc, randomRows } from "../../test/metrics/random-rows.js";
import { auc } from "./auc.js";

test("the textbook example of four rows is .75", () => {
  expect(auc(Float32Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))).toBe(0.75);
});

test("a tie of a positive and a negative counts half: two rows of one score are .5", () => {
  expect(auc(Float32Array.of(2, 2), Uint8Array.of(1, 0))).toBe(0.5);
  expect(auc(Float32Array.of(1, 2, 2, 3), Uint8Array.of(0, 1, 0, 1))).toBe(3.5 / 4);
});

test("-0 and 0 are one score", () => {
  expect(auc(Float32Array.of(-0, 0), Uint8Array.of(0, 1))).toBe(0.5);
});

test("one class only, or no rows, is null", () => {
  expect(auc(Float32Array.of(1, 2), Uint8Array.of(1, 1))).toBeNull();
  expect(auc(Float32Array.of(1, 2), Uint8Array.of(0, 0))).toBeNull();
  expect(auc(new Float32Array(0), new Uint8Array(0))).toBeNull();
});

test("equals the count over all pairs on random rows with many, some and no ties", () => {
  for (const levels of [2, 7, 100, 1e9]) {
    const { scores, labels } = randomRows(701, { levels, seed: levels });
    const expected = pairwiseAuc(scores, labels);
    expect(auc(scores, labels)).toBeCloseTo(expected, 14);
    expect(auc(Float64Array.from(scores), labels)).toBeCloseTo(expected, 14);
  }
});

test("rows already sorted give .75 without a sort", () => {
  expect(auc(Float32Array.of(0.1, 0.35, 0.4, 0.8), Uint8Array.of(0, 1, 0, 1), { sorted: true })).toBe(0.75);
});

test("200,000 rows of one class each side stay exact: the area is 1", () => {
  const scores = Float32Array.from({ length: 200_000 }, (_, i) => i);
  expect(
    auc(
      scores,
      Uint8Array.from({ length: 200_000 }, (_, i) => (i >= 100_000 ? 1 : 0)),
    ),
  ).toBe(1);
});

test("columns of different lengths are refused with both lengths", () => {
  expect(() => auc(Float32Array.of(1, 2), Uint8Array.of(1))).toThrow(
    "auc: columns of different lengths: expected 2 rows, as in scores, got 1 in labels",
  );
});

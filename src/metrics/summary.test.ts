import { expect, test } from "vitest";
import { studentQuantile, studentTail, summary } from "./summary.js";

test("t quantiles equal the printed table: 12.706, 4.303, 3.182, 2.776, 2.262, 2.045", () => {
  const quantiles = [1, 2, 3, 4, 9, 29].map((freedom) => Number(studentQuantile(0.975, { freedom }).toFixed(3)));
  expect(quantiles).toEqual([12.706, 4.303, 3.182, 2.776, 2.262, 2.045]);
  expect(studentQuantile(0.95, { freedom: 2 })).toBeCloseTo(2.9199856, 6);
});

test("three seeds: mean .87, standard deviation .01, interval +- 4.303 * .01 / sqrt 3", () => {
  const { count, mean, std, interval } = summary([0.86, 0.87, 0.88]);
  expect(count).toBe(3);
  expect(mean).toBeCloseTo(0.87, 14);
  expect(std).toBeCloseTo(0.01, 14);
  expect(interval![1] - 0.87).toBeCloseTo(0.0248414, 6);
  expect(0.87 - interval![0]).toBeCloseTo(0.0248414, 6);
});

test("one seed has a mean and no spread, none has neither", () => {
  expect(summary([0.5])).toEqual({ count: 1, mean: 0.5, std: null, interval: null });
  expect(summary([])).toEqual({ count: 0, mean: null, std: null, interval: null });
});

test("the tail of a quantile is what was left out: .05 at 2.776 with 4 degrees, 1 at 0", () => {
  for (const freedom of [1, 2, 4, 9, 30]) {
    expect(studentTail(studentQuantile(0.975, { freedom }), { freedom })).toBeCloseTo(0.05, 10);
  }
  expect(studentTail(-2.776, { freedom: 4 })).toBeCloseTo(0.05, 4);
  expect(studentTail(0, { freedom: 3 })).toBe(1);
});

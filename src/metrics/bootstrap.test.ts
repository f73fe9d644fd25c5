import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { pairedBootstrap } from "./bootstrap.js";
import { denseGroups, weightedAuc, weightedMean } from "./weighted.js";

test("the mean of 400 independent users has the interval of its standard error, +-1.96 / 20", () => {
  const { uniform } = randomRows(400, { seed: 11 });
  const values = Float64Array.from(uniform, (u) => Math.sqrt(12) * (u - 0.5)); // variance 1
  const groups = denseGroups(Int32Array.from(values.keys()));
  const first = weightedMean(values, { groups });
  const result = pairedBootstrap({ first, second: () => 0 }, { groups: 400, resamples: 4000, seed: 1 });
  const [low, high] = result.interval!;
  expect(result.difference).toBeCloseTo(values.reduce((a, b) => a + b, 0) / 400, 12);
  expect(Math.abs(result.meanDifference! - result.difference!)).toBeLessThan(0.005);
  expect(high - low).toBeGreaterThan(0.9 * 2 * 1.96 * 0.05);
  expect(high - low).toBeLessThan(1.1 * 2 * 1.96 * 0.05);
});

test("a model against itself differs by exactly 0 in every resample", () => {
  const rows = randomRows(500, { groups: 50, seed: 3 });
  const groups = denseGroups(rows.groups);
  const metric = weightedAuc(rows.scores, { labels: rows.labels, groups });
  const result = pairedBootstrap({ first: metric, second: metric }, { groups: groups.count, resamples: 50 });
  expect(result).toMatchObject({ difference: 0, meanDifference: 0, interval: [0, 0], agreement: 1, resamples: 50 });
});

test("a true score beats noise in all resamples; the same seed repeats every digit, another does not", () => {
  const rows = randomRows(2000, { levels: 1e9, groups: 100, seed: 12 });
  const groups = denseGroups(rows.groups);
  const first = weightedAuc(rows.scores, { labels: rows.labels, groups });
  const second = weightedAuc(Float32Array.from(rows.uniform), { labels: rows.labels, groups });
  const run = (seed: number) => pairedBootstrap({ first, second }, { groups: groups.count, resamples: 200, seed });
  expect(run(5).agreement).toBe(1);
  expect(run(5).interval![0]).toBeGreaterThan(0.2);
  expect(run(5)).toEqual(run(5));
  expect(run(6).interval).not.toEqual(run(5).interval);
});

test("resamples of one class are left out and counted", () => {
  const groups = denseGroups(Int32Array.of(0, 1));
  const first = weightedAuc(Float32Array.of(1, 2), { labels: Uint8Array.of(0, 1), groups });
  const result = pairedBootstrap({ first, second: () => 0.5 }, { groups: 2, resamples: 1000, seed: 2 });
  expect(result.meanDifference).toBe(0.5);
  expect(Math.abs(result.undefinedResamples - 500)).toBeLessThan(60);
});

test("no groups is refused", () => {
  expect(() => pairedBootstrap({ first: () => 0, second: () => 0 }, { groups: 0 })).toThrow(
    "pairedBootstrap: nothing to resample: expected 1 group or more, got 0",
  );
});

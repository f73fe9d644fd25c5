import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { logLoss, logLossOfProbabilities, rowLogLosses } from "./log-loss.js";

test("a logit of 0 costs ln 2, whatever the label", () => {
  expect(logLoss(Float32Array.of(0, 0), Uint8Array.of(0, 1))).toBeCloseTo(Math.LN2, 15);
});

test("large logits cost their size where wrong and nothing where right: 100, 1e4, and 0", () => {
  expect(Array.from(rowLogLosses(Float64Array.of(100, -100, 1e4, -1e4), Uint8Array.of(0, 1, 0, 1)))).toEqual([
    100, 100, 1e4, 1e4,
  ]);
  expect(logLoss(Float64Array.of(1e4, -1e4), Uint8Array.of(1, 0))).toBe(0);
  expect(logLoss(Float64Array.of(-40), Uint8Array.of(0))).toBeCloseTo(4.248354255291589e-18, 30);
});

test("an infinite logit costs 0 where right and Infinity where wrong, never NaN", () => {
  const infinite = Float64Array.of(Infinity, -Infinity, Infinity, -Infinity);
  expect(Array.from(rowLogLosses(infinite, Uint8Array.of(1, 0, 0, 1)))).toEqual([0, 0, Infinity, Infinity]);
});

test("equals the formula over probabilities on random rows to 1e-12", () => {
  const { scores, labels } = randomRows(999, { levels: 500, seed: 8 });
  const probabilities = Float64Array.from(scores, (x) => 1 / (1 + Math.exp(-x)));
  const direct = probabilities.reduce((sum, p, i) => sum - Math.log(labels[i] === 1 ? p : 1 - p), 0) / 999;
  expect(logLoss(scores, labels)).toBeCloseTo(direct, 12);
  expect(logLossOfProbabilities(probabilities, labels)).toBeCloseTo(direct, 12);
});

test("a certain and wrong probability is clipped at 1e-7 and costs 16.118", () => {
  expect(logLossOfProbabilities(Float64Array.of(1), Uint8Array.of(0))).toBeCloseTo(16.11809565, 7);
  expect(logLossOfProbabilities(Float64Array.of(0), Uint8Array.of(1), { clip: 0.01 })).toBeCloseTo(-Math.log(0.01), 12);
});

test("no rows is null", () => {
  expect(logLoss(new Float32Array(0), new Uint8Array(0))).toBeNull();
  expect(logLossOfProbabilities(new Float32Array(0), new Uint8Array(0))).toBeNull();
});

import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { logLoss } from "./log-loss.js";
import { applyLogitMap } from "./logit-map.js";
import { fitPlatt, type PlattScale } from "./platt.js";

const scaled = (scores: Float32Array, scale: PlattScale): Float32Array =>
  applyLogitMap(scores, { kind: "platt", ...scale });

test("20,000 rows drawn from logit 0.002 x - 1.5 give slope .002 and offset -1.5 back within 5 %", () => {
  const { uniform } = randomRows(40_000, { seed: 4 });
  const scores = Float64Array.from({ length: 20_000 }, (_, i) => 1500 * uniform[i]!);
  const labels = Uint8Array.from(scores, (x, i) =>
    uniform[20_000 + i]! < 1 / (1 + Math.exp(1.5 - 0.002 * x)) ? 1 : 0,
  );
  const { slope, offset } = fitPlatt(scores, labels);
  expect(Math.abs(slope / 0.002 - 1)).toBeLessThan(0.05);
  expect(Math.abs(offset / -1.5 - 1)).toBeLessThan(0.05);
});

test("the gradient of the fitted line is 0 to 1e-9, on counts as large as 1e6 too", () => {
  const { uniform, labels } = randomRows(3000, { seed: 6 });
  const scores = Float64Array.from(uniform, (u) => Math.round(1e6 * u ** 8));
  const { slope, offset } = fitPlatt(scores, labels);
  const positives = labels.reduce((a, b) => a + b, 0);
  const targets = [1 / (3000 - positives + 2), (positives + 1) / (positives + 2)];
  let ga = 0;
  let gb = 0;
  scores.forEach((x, i) => {
    const d = 1 / (1 + Math.exp(-(slope * x + offset))) - targets[labels[i]!]!;
    ga += (d * x) / 1e6 / 3000;
    gb += d / 3000;
  });
  expect(Math.abs(ga)).toBeLessThan(1e-9);
  expect(Math.abs(gb)).toBeLessThan(1e-9);
});

test("scores that part the classes stay finite: 2 and 2 rows reach Platt's targets of 3/4 and 1/4", () => {
  const scale = fitPlatt(Float32Array.of(0, 0, 1, 1), Uint8Array.of(0, 0, 1, 1));
  const logits = scaled(Float32Array.of(0, 1), scale);
  expect(logits[0]).toBeCloseTo(-Math.log(3), 6);
  expect(logits[1]).toBeCloseTo(Math.log(3), 6);
});

test("scores without spread, or one class, give the constant that the labels ask for", () => {
  expect(fitPlatt(Float32Array.of(5, 5, 5, 5), Uint8Array.of(0, 1, 1, 1)).slope).toBeCloseTo(0, 9);
  const one = fitPlatt(Float32Array.of(1, 2, 3), Uint8Array.of(1, 1, 1));
  expect(scaled(Float32Array.of(2), one)[0]).toBeCloseTo(Math.log(4), 5);
});

test("a scaled score loses less than the unscaled one", () => {
  const { scores, labels } = randomRows(2000, { levels: 1e9, seed: 9 });
  const wrong = scores.map((x) => 7 * x + 3);
  const before = logLoss(wrong, labels)!;
  expect(logLoss(scaled(wrong, fitPlatt(wrong, labels)), labels)!).toBeLessThan(before / 2);
});

test("no rows and infinite scores are refused", () => {
  expect(() => fitPlatt(new Float32Array(0), new Uint8Array(0))).toThrow(
    "fitPlatt: Platt scaling needs finite scores: expected at least one row, every score finite, got no rows",
  );
  expect(() => fitPlatt(Float32Array.of(Infinity), Uint8Array.of(1))).toThrow("got NaN or Infinity");
});

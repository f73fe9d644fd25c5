import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { prAuc } from "./pr-auc.js";

test("the textbook example of four rows is .8333", () => {
  expect(prAuc(Float32Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))).toBeCloseTo(5 / 6, 15);
});

test("rows of one score are one threshold: the precision is the share of positives, in any order", () => {
  expect(prAuc(Float32Array.of(1, 1, 1, 1), Uint8Array.of(1, 0, 0, 0))).toBe(0.25);
  expect(prAuc(Float32Array.of(1, 1, 1, 1), Uint8Array.of(0, 0, 0, 1))).toBe(0.25);
});

test("positives only is 1, no positive is null", () => {
  expect(prAuc(Float32Array.of(1, 2), Uint8Array.of(1, 1))).toBe(1);
  expect(prAuc(Float32Array.of(1, 2), Uint8Array.of(0, 0))).toBeNull();
});

test("equals the sum over every distinct threshold on random rows with ties", () => {
  for (const levels of [3, 40, 1e9]) {
    const { scores, labels } = randomRows(600, { levels, seed: levels });
    const all = labels.reduce((a, b) => a + b, 0);
    let expected = 0;
    let previous = 0;
    for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
      const within = [...scores.keys()].filter((i) => scores[i]! >= threshold);
      const hits = within.filter((i) => labels[i] === 1).length;
      expected += ((hits - previous) / all) * (hits / within.length);
      previous = hits;
    }
    expect(prAuc(scores, labels)).toBeCloseTo(expected, 13);
  }
});

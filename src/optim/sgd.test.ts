import { expect, test } from "vitest";
import { denseGolden, largestGap } from "../../test/optim/golden.js";
import { sgd, sparseSgd } from "./sgd.js";

test("plain descent with decay, and momentum, equal torch over 8 steps to 1e-6 of the largest weight", () => {
  for (const [name, options] of Object.entries({ plain: { weightDecay: 0.1 }, momentum: { momentum: 0.9 } })) {
    const { start, steps } = denseGolden("sgd", name);
    const optimizer = sgd(options);
    const state = optimizer.init(start.length);
    const parameter = Float32Array.from(start);
    for (const step of steps) {
      optimizer.update(state, {
        parameter,
        gradient: Float32Array.from(step.gradient),
        learningRate: step.learningRate,
      });
      const scale = Math.max(1, ...step.parameter.map(Math.abs));
      expect(largestGap(parameter, step.parameter) / scale).toBeLessThan(1e-6);
    }
  }
});

test("without momentum no state is kept: 0 numbers", () => {
  expect(sgd().init(100).slots.velocity.length).toBe(0);
  expect(sgd({ momentum: 0.9 }).init(100).slots.velocity.length).toBe(100);
});

test("DIN's rule by hand: w - eta (g + lambda / n w) = 2 - .1 (3 + .5 / 5 * 2) = 1.68, the other row stays 1", () => {
  const optimizer = sparseSgd({ l2: 0.5 });
  const table = Float32Array.of(1, 2);
  const state = optimizer.init(2);
  optimizer.update(state, {
    table,
    dimension: 1,
    rows: Int32Array.of(1),
    count: 1,
    gradient: Float32Array.of(3),
    learningRate: 0.1,
    occurrences: Int32Array.of(1, 5),
  });
  expect(table[0]).toBe(1);
  expect(table[1]).toBeCloseTo(1.68, 6);
  expect(state.step).toBe(1);
});

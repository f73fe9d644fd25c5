import { expect, test } from "vitest";
import { denseGolden, largestGap } from "../../test/optim/golden.js";
import { adam } from "./adam.js";

test("Adam's first step is the learning rate against the gradient's sign, whatever its size: .01", () => {
  const parameter = Float32Array.of(1, 1, 1);
  const optimizer = adam();
  const state = optimizer.init(3);
  optimizer.update(state, { parameter, gradient: Float32Array.of(5, -1e-3, 0), learningRate: 0.01 });
  expect(Array.from(parameter, (x) => Number(x.toFixed(5)))).toEqual([0.99, 1.01, 1]);
  expect(state.step).toBe(1);
});

test("Adam, Adam with other betas and AdamW equal torch over 8 steps to 1e-6", () => {
  const options = { adam: {}, betas: { beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }, adamw: { weightDecay: 0.1 } };
  for (const [name, each] of Object.entries(options)) {
    const { start, steps } = denseGolden("adam", name);
    const optimizer = adam(each);
    const state = optimizer.init(start.length);
    const parameter = Float32Array.from(start);
    for (const step of steps) {
      optimizer.update(state, {
        parameter,
        gradient: Float32Array.from(step.gradient),
        learningRate: step.learningRate,
      });
      expect(largestGap(parameter, step.parameter)).toBeLessThan(1e-6);
    }
  }
});

test("a gradient of another size is refused with all three sizes", () => {
  const optimizer = adam();
  const step = { parameter: new Float32Array(3), gradient: new Float32Array(2), learningRate: 1 };
  expect(() => optimizer.update(optimizer.init(3), step)).toThrow(
    "adam: parameter, gradient and state differ in size: expected 3 numbers, as in the parameter, got 2 in the gradient, 3 in the state",
  );
});

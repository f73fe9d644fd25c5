import { expect, test } from "vitest";
import { adam } from "./adam.js";
import type { OptimizerState } from "./optimizer.js";
import { sparseAdam } from "./sparse-adam.js";
import { restoreStates, saveStates } from "./state.js";

function start() {
  const dense = adam({ weightDecay: 0.01 });
  const rows = sparseAdam();
  const states = { weight: dense.init(2), table: rows.init(4) };
  const weights = { weight: Float32Array.of(1, -1), table: Float32Array.of(1, 2, 3, 4) };
  const train = (from: number, to: number) => {
    for (let step = from; step < to; step++) {
      const gradient = Float32Array.of(Math.sin(step), Math.cos(3 * step));
      dense.update(states.weight, { parameter: weights.weight, gradient, learningRate: 0.01 });
      const touched = { rows: Int32Array.of(step % 2), count: 1, dimension: 2 };
      rows.update(states.table, { table: weights.table, ...touched, gradient, learningRate: 0.01 });
    }
  };
  return { states: new Map<string, OptimizerState>(Object.entries(states)), weights, train };
}

test("a run stopped after 5 of 12 steps and resumed from its saved states ends on the same bits", () => {
  const whole = start();
  whole.train(0, 12);
  const stopped = start();
  stopped.train(0, 5);
  const { arrays, steps } = saveStates(stopped.states);
  const copies = new Map([...arrays].map(([name, array]) => [name, array.slice()]));
  const resumed = start();
  restoreStates(resumed.states, { arrays: copies, steps: JSON.parse(JSON.stringify(steps)) });
  resumed.weights.weight.set(stopped.weights.weight);
  resumed.weights.table.set(stopped.weights.table);
  resumed.train(5, 12);
  expect(resumed.weights).toEqual(whole.weights);
  expect([...arrays.keys()]).toEqual(["weight/m", "weight/v", "table/m", "table/v"]);
});

test("a slot of another size, a missing slot and a missing step count are refused by name", () => {
  const { states } = start();
  const saved = saveStates(start().states);
  const without = (name: string) => new Map([...saved.arrays].filter(([key]) => key !== name));
  expect(() => restoreStates(states, { ...saved, arrays: without("table/v") })).toThrow(
    "table/v: the saved optimizer state does not fit: expected 4 numbers, got none",
  );
  const short = new Map([...saved.arrays, ["weight/m", new Float32Array(1)]]);
  expect(() => restoreStates(states, { ...saved, arrays: short })).toThrow(
    "weight/m: the saved optimizer state does not fit: expected 2 numbers, got 1",
  );
  expect(() => restoreStates(states, { arrays: saved.arrays, steps: { weight: 1 } })).toThrow(
    "table: the saved optimizer state does not fit: expected a step count, got none",
  );
});

import { expect, test } from "vitest";
import { largestGap, sparseGolden } from "../../test/optim/golden.js";
import { sparseAdam } from "./sparse-adam.js";

test("lazy Adam, with weight decay and with DIN's regulariser, equals torch over 8 steps to 1e-6", () => {
  for (const name of ["sparseAdam", "decayed", "regularised"]) {
    const { start, steps, dimension, learningRate, weightDecay, l2, occurrences } = sparseGolden(name);
    const optimizer = sparseAdam({ weightDecay, l2 });
    const state = optimizer.init(start.length);
    const table = Float32Array.from(start);
    for (const { rows, gradient, table: expected } of steps) {
      // Longer buffers than needed, as a training loop reuses them: what follows the count is not read.
      const padded = { rows: Int32Array.from([...rows, 9999]), gradient: Float32Array.from([...gradient, 7, 7, 7, 7]) };
      const count = rows.length;
      const n = occurrences && Int32Array.from(occurrences);
      optimizer.update(state, { table, dimension, ...padded, count, learningRate, ...(n && { occurrences: n }) });
      expect(largestGap(table, expected)).toBeLessThan(1e-6);
    }
    expect(state.step).toBe(8);
  }
});

const touch = (row: number, occurrences?: Int32Array) => ({
  table: Float32Array.of(1, 1, 2, 2, 3, 3),
  dimension: 2,
  rows: Int32Array.of(row),
  count: 1,
  gradient: new Float32Array(2),
  learningRate: 0.1,
  ...(occurrences && { occurrences }),
});

test("rows that are not touched keep their weights and moments, bit for bit", () => {
  const optimizer = sparseAdam({ weightDecay: 0.5 });
  const state = optimizer.init(6);
  state.slots.m.fill(0.25);
  state.slots.v.fill(0.5);
  const step = { ...touch(1), gradient: Float32Array.of(1, 1) };
  optimizer.update(state, step);
  expect([step.table[0], step.table[5], state.slots.m[1], state.slots.v[4]]).toEqual([1, 3, 0.25, 0.5]);
  expect(step.table[2]).toBeLessThan(1.9);
});

test("the regulariser takes eta lambda / n_j of a touched row: .1 * .5 / 10 of 2 leaves 1.99", () => {
  const optimizer = sparseAdam({ l2: 0.5 });
  const step = touch(1, Int32Array.of(1, 10, 1));
  optimizer.update(optimizer.init(6), step);
  expect(step.table[2]).toBeCloseTo(1.99, 6);
});

test("a row that no training row holds is not regularised, and no row is turned around", () => {
  const optimizer = sparseAdam({ l2: 100 });
  const occurrences = Int32Array.of(0, 1, 1);
  const unknown = touch(0, occurrences);
  optimizer.update(optimizer.init(6), unknown);
  expect(unknown.table[0]).toBe(1);
  const rare = touch(2, occurrences);
  optimizer.update(optimizer.init(6), rare);
  expect(rare.table[4]).toBe(0);
});

test("a row outside the table, a short gradient, another state and missing occurrences are refused by name", () => {
  const optimizer = sparseAdam({ l2: 0.1 });
  const n = Int32Array.of(1, 1, 1);
  const state = optimizer.init(6);
  expect(() => optimizer.update(state, touch(3, n))).toThrow(
    "sparseAdam, touched row 0: a row is outside the table: expected 0 to 2, got 3",
  );
  expect(() => optimizer.update(state, { ...touch(1, n), count: 2 })).toThrow(
    "expected 2 rows and 4 gradients, got 1 and 2",
  );
  expect(() => optimizer.update(optimizer.init(4), touch(1, n))).toThrow(
    "expected 6 numbers, as in the table, got 4 in the state",
  );
  expect(() => optimizer.update(state, touch(1))).toThrow("expected 3 occurrences, got none");
  expect(state.step).toBe(0);
});

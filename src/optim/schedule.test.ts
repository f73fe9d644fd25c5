import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { constant, cosine, plateau, warmup } from "./schedule.js";

interface Golden {
  plateaus: {
    mode: "min" | "max";
    factor: number;
    patience: number;
    threshold: number;
    min_lr: number;
    values: number[];
    rates: number[];
  }[];
  cosines: { steps: number; minimum: number; rates: number[] }[];
}
const url = new URL("../../test/goldens/optim/schedule.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(url, "utf8"));

test("the rate drops on plateaus at the same validations as torch's ReduceLROnPlateau, for losses and for AUCs", () => {
  for (const { mode, factor, patience, threshold, min_lr: minimum, values, rates } of golden.plateaus) {
    const schedule = plateau({ mode, factor, patience, threshold, minimum });
    let state = schedule.init(0.1);
    values.forEach((value, i) => {
      state = schedule.update(state, value);
      expect(state.learningRate).toBeCloseTo(rates[i]!, 12);
    });
  }
});

test("patience 1 bears one bad validation: 1e-3, 1e-3, 1e-4, and never less than the minimum of 1e-5", () => {
  const schedule = plateau({ minimum: 1e-5 });
  let state = schedule.init(1e-3);
  const rates = [0.5, 0.5, 0.5, 0.6, Number.NaN, 0.7, 0.7].map((value) => {
    state = schedule.update(state, value);
    return Number(state.learningRate.toPrecision(6));
  });
  expect(rates).toEqual([1e-3, 1e-3, 1e-4, 1e-4, 1e-5, 1e-5, 1e-5]);
  expect(state).toMatchObject({ best: 0.5, reductions: 2 });
});

test("an update leaves the old state as it was, and a state survives JSON", () => {
  const schedule = plateau();
  const first = schedule.init(0.1);
  expect(schedule.update(JSON.parse(JSON.stringify(first)), 0.4)).toEqual({
    learningRate: 0.1,
    best: 0.4,
    bad: 0,
    reductions: 0,
  });
  expect(first.best).toBeNull();
});

test("a rate that starts below the minimum is not raised to it", () => {
  const schedule = plateau({ patience: 0, minimum: 1e-3 });
  const state = schedule.update(schedule.update(schedule.init(1e-4), 1), 2);
  expect(state).toMatchObject({ learningRate: 1e-4, reductions: 0 });
});

test("cosine equals torch's CosineAnnealingLR at every step to 1e-9, and stays at its minimum after the last", () => {
  for (const { steps, minimum, rates } of golden.cosines) {
    const schedule = cosine(0.1, { steps, minimum });
    rates.forEach((rate, step) => {
      expect(Math.abs(schedule(step) - rate)).toBeLessThan(1e-9);
    });
    expect(schedule(10 * steps)).toBeCloseTo(minimum, 15);
  }
});

test("warmup over 4 steps rises by quarters and then follows its schedule", () => {
  const schedule = warmup(constant(0.8), { steps: 4 });
  expect([0, 1, 2, 3, 4, 100].map((step) => Number(schedule(step).toFixed(12)))).toEqual([
    0.2, 0.4, 0.6, 0.8, 0.8, 0.8,
  ]);
  expect(warmup(constant(0.8), { steps: 0 })(0)).toBe(0.8);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { largestGap } from "../../test/optim/golden.js";
import { clipGlobalNorm, globalNorm } from "./clip.js";

interface ClipCase {
  maxNorm: number;
  before: number[][];
  norm: number;
  after: number[][];
}

test("one joint norm of 3 and 4 is 5, and clipping to 1 leaves .6 and .8", () => {
  const a = Float32Array.of(3);
  const b = Float32Array.of(0, 4);
  expect(clipGlobalNorm([{ values: a }, { values: b }], { maxNorm: 1 })).toBe(5);
  expect(a[0]).toBeCloseTo(0.6, 6);
  expect(b[1]).toBeCloseTo(0.8, 6);
});

test("norms and clipped gradients equal torch's clip_grad_norm_ to 1e-6, clipped or not", () => {
  const url = new URL("../../test/goldens/optim/clip.json", import.meta.url);
  const { cases }: { cases: ClipCase[] } = JSON.parse(readFileSync(url, "utf8"));
  for (const { maxNorm, before, norm, after } of cases) {
    const parts = before.map((values) => ({ values: Float32Array.from(values) }));
    expect(Math.abs(clipGlobalNorm(parts, { maxNorm }) - norm)).toBeLessThan(1e-6);
    parts.forEach(({ values }, i) => {
      expect(largestGap(values, after[i]!)).toBeLessThan(1e-6);
    });
  }
});

test("row gradients count up to their length only, and what follows is not scaled", () => {
  const values = Float32Array.of(3, 4, 1000);
  expect(clipGlobalNorm([{ values, length: 2 }], { maxNorm: 0.5 })).toBe(5);
  expect(values[2]).toBe(1000);
  expect(globalNorm([{ values, length: 2 }])).toBeCloseTo(0.5, 6);
});

test("a norm that is not finite is returned and changes nothing", () => {
  const values = Float32Array.of(1, Number.NaN);
  expect(clipGlobalNorm([{ values }], { maxNorm: 0.1 })).toBeNaN();
  expect(values[0]).toBe(1);
  const infinite = Float32Array.of(1, Infinity);
  expect(clipGlobalNorm([{ values: infinite }], { maxNorm: 0.1 })).toBe(Infinity);
  expect(infinite[0]).toBe(1);
});

test("no gradients have norm 0", () => {
  expect(clipGlobalNorm([], { maxNorm: 1 })).toBe(0);
});

import { expect, test } from "vitest";
import { GRADIENTS_LENGTH, orientedGradients } from "./oriented-gradients.js";

const SIDE = 64;

/** The histograms of a picture whose lightness is a function of the place. */
function gradients(lightness: (x: number, y: number) => number): Float32Array {
  const lab = new Float32Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) lab[i * 3] = lightness(i % SIDE, Math.floor(i / SIDE));
  return orientedGradients(lab, { side: SIDE });
}

/** Each direction's share of the gradients, summed over the cells. */
function directions(histograms: Float32Array): number[] {
  const sums = new Array<number>(8).fill(0);
  histograms.forEach((root, i) => {
    sums[i % 8]! += root * root;
  });
  const total = sums.reduce((a, b) => a + b);
  return sums.map((sum) => Number((sum / total).toFixed(3)));
}

/** Bands 8 pixels wide, across an angle in degrees. */
const stripes = (degrees: number) => (x: number, y: number) => {
  const [dx, dy] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return 50 + 40 * Math.sin(((x * dx + y * dy) * Math.PI) / 8);
};

test.each([
  [0, [0, 4]],
  [45, [1, 5]],
  [90, [2, 6]],
  [135, [3, 7]],
])("stripes across %i degrees have their edges in the two directions of that angle", (degrees, expected) => {
  const shares = directions(gradients(stripes(degrees)));
  const there = expected.map((direction) => shares[direction]!);
  expect(there[0]! + there[1]!).toBeGreaterThan(0.93);
  expect(Math.abs(there[0]! - there[1]!)).toBeLessThan(0.1);
});

test("a ramp that gets lighter to the right, and one that gets lighter downwards, have one direction each", () => {
  expect(directions(gradients((x) => x))[0]).toBeGreaterThan(0.999);
  expect(directions(gradients((_, y) => y))[2]).toBeGreaterThan(0.999);
  expect(directions(gradients((x) => -x))[4]).toBeGreaterThan(0.999);
});

test("an angle between two directions is shared among them", () => {
  const [a, b] = [Math.cos(Math.PI / 8), Math.sin(Math.PI / 8)];
  const inner = gradients((x, y) => a * x + b * y).subarray(8 * 5, 8 * 6);
  expect(directions(inner).slice(0, 2)).toEqual([0.5, 0.5]);
});

test("a cell's squares sum to the share of its contrast against a step of 10", () => {
  // Inside, L(x+1) - L(x-1) is 30 everywhere: 30 / (30 + 10).
  const inner = gradients((x) => 15 * x).subarray(8 * 5, 8 * 6);
  expect(inner.reduce((sum, root) => sum + root * root, 0)).toBeCloseTo(0.75, 5);
});

test("an edge in one corner is in the histogram of that cell and of no other", () => {
  const histograms = gradients((x, y) => (y < 16 && x < 8 ? 100 : 0));
  expect(histograms).toHaveLength(GRADIENTS_LENGTH);
  expect(histograms[4]!).toBeGreaterThan(0.5);
  const other = [...histograms.keys()].filter((i) => histograms[i]! > 0 && i >= 8 && i < 32);
  expect(other).toEqual([]);
});

test("a flat picture has no gradients and no NaN", () => {
  expect(Math.max(...gradients(() => 42))).toBe(0);
});

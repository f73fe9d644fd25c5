import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { applyLogitMap, fitLogitMap, isotonicSegments, logitMapFunction } from "./logit-map.js";

test("no map leaves logits as they are, Platt's is a line, the isotonic one goes through its knots", () => {
  const logits = Float32Array.of(-1, 0, 3);
  expect([...applyLogitMap(logits, { kind: "none" })]).toEqual([-1, 0, 3]);
  expect([...applyLogitMap(logits, { kind: "platt", slope: 0.5, offset: 1 })]).toEqual([0.5, 1, 2.5]);
  const map = { kind: "isotonic", from: [-1, 3], to: [0, 1], outside: 2 } as const;
  expect([...applyLogitMap(logits, { ...map, from: [...map.from], to: [...map.to] })]).toEqual([0, 0.25, 1]);
});

test("the pieces of a map of 2 knots are 3: slope 2, the line between, slope 2", () => {
  expect(isotonicSegments({ from: [-1, 3], to: [0, 1], outside: 2 })).toEqual([
    { from: -1, to: 0, slope: 2, most: 0 },
    { from: -1, to: 0, slope: 0.25, most: 1 },
    { from: 3, to: 1, slope: 2, most: Infinity },
  ]);
});

test("a Platt line that would fall is laid nearly flat about the rate, and still rises", () => {
  const { scores, labels } = randomRows(2000, { levels: 1e9, seed: 2 });
  const reversed = scores.map((score) => -score);
  const map = fitLogitMap("platt", { logits: reversed, labels })!;
  if (map.kind !== "platt") throw new Error(map.kind);
  expect(map.slope).toBeGreaterThan(0);
  expect(map.slope).toBeLessThan(0.01);
  const at = logitMapFunction(map);
  const rate = labels.reduce((sum, label) => sum + label, 0) / 2000;
  expect(Math.abs(at(0) - Math.log(rate / (1 - rate)))).toBeLessThan(0.2);
});

test("scores without spread get a rising line through the rate of the rows: 3 of 4 and Platt's added rows, log 3", () => {
  const at = logitMapFunction(
    fitLogitMap("platt", { logits: Float32Array.of(5, 5, 5, 5), labels: Uint8Array.of(0, 1, 1, 1) })!,
  );
  expect(at(6)).toBeGreaterThan(at(5));
  expect(Math.abs(at(5) - Math.log((3 * 0.8 + 1 / 3) / (3 * 0.2 + 2 / 3)))).toBeLessThan(1e-6);
});

test("no map is fitted where there are no rows or an infinite logit, but for the one that does nothing", () => {
  const empty = { logits: new Float32Array(0), labels: new Uint8Array(0) };
  const infinite = { logits: Float32Array.of(1, Infinity), labels: Uint8Array.of(0, 1) };
  for (const rows of [empty, infinite]) {
    expect(fitLogitMap("platt", rows)).toBeUndefined();
    expect(fitLogitMap("isotonic", rows)).toBeUndefined();
    expect(fitLogitMap("none", rows)).toEqual({ kind: "none" });
  }
});

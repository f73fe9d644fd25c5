import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { sortLabelled } from "./sort-labelled.js";

test("50 and 100,003 rows come out ascending, every score with as many positives as it had", () => {
  for (const count of [50, 100_003]) {
    for (const levels of [12, 1e9]) {
      const rows = randomRows(count, { levels, seed: count });
      for (const scores of [rows.scores, Float64Array.from(rows.scores)]) {
        const sorted = sortLabelled(scores, rows.labels);
        const expected = scores.slice().sort();
        expect(sorted.scores.length).toBe(count);
        expect(sorted.scores.findIndex((score, i) => score !== expected[i])).toBe(-1);
        expect(positivesOf(sorted.scores, sorted.labels)).toEqual(positivesOf(scores, rows.labels));
      }
    }
  }
});

test("infinities, both zeros and the least numbers keep their places among 100,003 rows", () => {
  const special = [-Infinity, -3e38, -1, -1e-45, -0, 0, 1e-45, 1, 3e38, Infinity];
  const { labels, uniform } = randomRows(100_003, { seed: 4 });
  const scores = Float32Array.from(uniform, (u) => special[Math.floor(u * special.length)]!);
  const sorted = sortLabelled(scores, labels);
  const expected = scores.slice().sort();
  expect(sorted.scores.findIndex((score, i) => score !== expected[i])).toBe(-1); // -0 may come back as 0
  expect(positivesOf(sorted.scores, sorted.labels)).toEqual(positivesOf(scores, labels));
});

test("rows said to be sorted come back as they are", () => {
  const [scores, labels] = [Float32Array.of(1, 2), Uint8Array.of(1, 0)];
  expect(sortLabelled(scores, labels, { sorted: true })).toEqual({ scores, labels });
});

function positivesOf(scores: ArrayLike<number>, labels: Uint8Array): Map<number, number> {
  const positives = new Map<number, number>();
  for (let i = 0; i < scores.length; i++) positives.set(scores[i]!, (positives.get(scores[i]!) ?? 0) + labels[i]!);
  return positives;
}

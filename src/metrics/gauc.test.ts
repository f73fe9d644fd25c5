import { expect, test } from "vitest";
import { plainGauc } from "../../test/metrics/plain-auc.js";
import { pairwiseAuc, randomRows } from "../../test/metrics/random-rows.js";
import { type GaucWeighting, gauc } from "./gauc.js";

// Group 0: AUC 1 (3 rows, 1 positive). Group 2: AUC .5 (4 rows, 2 positives, all tied). Group 5: positives only.
const scores = Float32Array.of(3, 1, 2, 7, 7, 7, 7, 0, 9);
const labels = Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 1, 1);
const groups = Int32Array.of(0, 0, 0, 2, 2, 2, 2, 5, 5);

test("three users by hand: impressions 5/7, clicks 2/3, uniform 3/4, one of them skipped", () => {
  const by = (weighting: GaucWeighting) => gauc(scores, { labels, groups, weighting });
  expect(by("impressions")).toEqual({ value: 5 / 7, weighting: "impressions", groups: 2, skipped: 1 });
  expect(by("clicks").value).toBe(2 / 3);
  expect(by("uniform").value).toBe(3 / 4);
  expect(gauc(scores, { labels, groups })).toEqual(by("impressions"));
});

test("no group of both classes is null, and every group is counted as skipped", () => {
  const one = gauc(Float32Array.of(1, 2), { labels: Uint8Array.of(0, 1), groups: Int32Array.of(4, 9) });
  expect(one).toEqual({ value: null, weighting: "impressions", groups: 0, skipped: 2 });
  const none = gauc(new Float32Array(0), { labels: new Uint8Array(0), groups: new Int32Array(0) });
  expect(none).toEqual({ value: null, weighting: "impressions", groups: 0, skipped: 0 });
});

test("equals AUCs over all pairs, user by user, on random rows with ties", () => {
  const rows = randomRows(1500, { levels: 12, groups: 90, seed: 5 });
  for (const weighting of ["impressions", "clicks", "uniform"] as const) {
    let sum = 0;
    let total = 0;
    let counted = 0;
    let skipped = 0;
    for (const group of new Set(rows.groups)) {
      const of = [...rows.groups.keys()].filter((i) => rows.groups[i] === group);
      const own = Uint8Array.from(of, (i) => rows.labels[i]!);
      const value = pairwiseAuc(
        Float32Array.from(of, (i) => rows.scores[i]!),
        own,
      );
      const positives = own.reduce((a, b) => a + b, 0);
      const weight = weighting === "uniform" ? 1 : weighting === "clicks" ? positives : of.length;
      if (Number.isNaN(value)) skipped++;
      else {
        sum += weight * value;
        total += weight;
        counted++;
      }
    }
    const result = gauc(rows.scores, { labels: rows.labels, groups: rows.groups, weighting });
    expect(result.value).toBeCloseTo(sum / total, 13);
    expect(result).toMatchObject({ weighting, groups: counted, skipped });
  }
});

test("a negative group id is refused with its row", () => {
  const bad = { labels: Uint8Array.of(0, 1), groups: Int32Array.of(0, -1) };
  expect(() => gauc(Float32Array.of(1, 2), bad)).toThrow("row 1: a group id is negative: expected 0 or more, got -1");
});

test("equals a plain sort by user and score for groups of 1, 20, 300, 2,000 and 100,000 rows, scattered", () => {
  for (const [count, users] of [
    [100_000, 100_000],
    [100_000, 5000],
    [300_000, 15_000], // so many that they are put into parts first
    [300_000, 3],
    [100_000, 330],
    [100_000, 50],
    [100_000, 1],
  ] as const) {
    for (const levels of [9, 1e9]) {
      const rows = randomRows(count, { levels, groups: users, seed: users + levels });
      const { value, groups, skipped } = gauc(rows.scores, rows);
      const expected = plainGauc(rows.scores, { labels: rows.labels, users: rows.groups });
      expect(groups + skipped).toBe(new Set(rows.groups).size);
      expect(value).toBeCloseTo(expected, 12);
      expect(gauc(Float64Array.from(rows.scores), rows).value).toBe(value);
    }
  }
});

test("within a group zeros of both signs tie, and infinities rank first and last", () => {
  const extremes = Float32Array.of(-0, 0, Infinity, 3e38, -3e38, -Infinity, Infinity, Infinity);
  const result = gauc(extremes, {
    labels: Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0),
    groups: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3),
    weighting: "uniform",
  });
  expect(result).toEqual({ value: (0.5 + 1 + 1 + 0.5) / 4, weighting: "uniform", groups: 4, skipped: 0 });
});

test("50,000 groups of one class and one of both: its AUC, and 50,000 skipped", () => {
  const count = 100_002;
  const pairs = Int32Array.from({ length: count }, (_, i) => i >> 1);
  const halves = Uint8Array.from(pairs, (group, i) => (group < 50_000 ? group & 1 : i & 1));
  const ascending = Float32Array.from(pairs.keys());
  expect(gauc(ascending, { labels: halves, groups: pairs })).toMatchObject({ value: 1, groups: 1, skipped: 50_000 });
});

test("64-bit scores that 32 bits cannot tell apart are told apart", () => {
  const close = Float64Array.of(1, 1 + 1e-12);
  expect(gauc(close, { labels: Uint8Array.of(0, 1), groups: Int32Array.of(0, 0) }).value).toBe(1);
});

test("a NaN score is refused with its row", () => {
  const two = { labels: Uint8Array.of(0, 1), groups: Int32Array.of(0, 0) };
  expect(() => gauc(Float32Array.of(1, Number.NaN), two)).toThrow("row 1: a score is not a number");
});

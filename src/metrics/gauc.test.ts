import { expect, test } from "vitest";
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

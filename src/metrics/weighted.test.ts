import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { auc } from "./auc.js";
import { gauc } from "./gauc.js";
import { denseGroups, weightedAuc, weightedGauc, weightedMean } from "./weighted.js";

const rows = randomRows(400, { levels: 15, groups: 40, seed: 2 });
const groups = denseGroups(rows.groups);
const weights = Int32Array.from({ length: groups.count }, (_, g) => g % 4);
// The same rows, each written out as often as its group weighs; copies of a group are groups of their own.
const copies = [...rows.scores.keys()].flatMap((row) => Array<number>(weights[groups.ids[row]!]!).fill(row));
const scores = Float32Array.from(copies, (row) => rows.scores[row]!);
const labels = Uint8Array.from(copies, (row) => rows.labels[row]!);
const users = Int32Array.from(copies, (row) => groups.ids[row]!);

test("groups are numbered by their first rows: 7, 3, 7, 9 becomes 0, 1, 0, 2", () => {
  expect(denseGroups(Int32Array.of(7, 3, 7, 9))).toEqual({ ids: Int32Array.of(0, 1, 0, 2), count: 3 });
});

test("weighted AUC equals the AUC of rows written out as often as they weigh", () => {
  const metric = weightedAuc(rows.scores, { labels: rows.labels, groups });
  expect(metric(weights)).toBeCloseTo(auc(scores, labels)!, 14);
  expect(metric(new Int32Array(groups.count).fill(1))).toBeCloseTo(auc(rows.scores, rows.labels)!, 14);
});

test("weighted gAUC by impressions equals the gAUC of rows written out: within a group, copies change nothing", () => {
  const metric = weightedGauc(rows.scores, { labels: rows.labels, groups });
  expect(metric(weights)).toBeCloseTo(gauc(scores, { labels, groups: users }).value!, 13);
});

test("weighted mean equals the mean of values written out", () => {
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  expect(weightedMean(rows.scores, { groups })(weights)).toBeCloseTo(mean, 12);
});

test("a draw without a positive is null", () => {
  const two = denseGroups(Int32Array.of(0, 1));
  const metric = weightedAuc(Float32Array.of(1, 2), { labels: Uint8Array.of(0, 1), groups: two });
  expect(metric(Int32Array.of(2, 0))).toBeNull();
  expect(metric(Int32Array.of(1, 1))).toBe(1);
});

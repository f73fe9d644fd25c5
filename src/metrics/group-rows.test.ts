import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { groupRows } from "./group-rows.js";

test("seven rows by hand: group after group, negatives first, each class in row order", () => {
  const rows = { labels: Uint8Array.of(1, 0, 0, 1, 0, 1, 0), groups: Int32Array.of(2, 2, 0, 0, 2, 2, 0) };
  const { scores, ends } = groupRows(Float32Array.of(9, 8, 7, 6, 5, 4, 3), rows);
  expect(Array.from(scores)).toEqual([7, 3, 6, 8, 5, 9, 4]);
  expect(Array.from(ends)).toEqual([2, 3, 3, 3, 5, 7]);
});

test("300,000 rows of 7 or 20,000 groups, first put into parts, come out as a stable sort has them", () => {
  for (const groups of [7, 20_000]) {
    const rows = randomRows(300_000, { levels: 1e9, groups, seed: groups });
    const cell = Int32Array.from(rows.groups, (group, i) => 2 * group + rows.labels[i]!);
    const order = [...cell.keys()].sort((a, b) => cell[a]! - cell[b]! || a - b);
    for (const scores of [rows.scores, Float64Array.from(rows.scores)]) {
      const grouped = groupRows(scores, rows);
      expect(grouped.scores.length).toBe(300_000);
      expect(grouped.scores.findIndex((score, i) => score !== scores[order[i]!])).toBe(-1);
      expect(grouped.ends.at(-1)).toBe(300_000);
    }
  }
});

test("no rows are no groups", () => {
  const none = groupRows(new Float32Array(0), { labels: new Uint8Array(0), groups: new Int32Array(0) });
  expect(none.ends.length).toBe(0);
});

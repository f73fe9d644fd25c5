import { expect, test } from "vitest";
import type { StatisticSchema } from "../data/index.js";
import { coldStart } from "./cold-start.js";

const statistic = (name: "rate" | "count"): StatisticSchema => ({ name, kind: name, priorMean: 0, mean: 2, std: 3 });
const catalogue = (...names: ("rate" | "count")[]) => ({
  statistics: { user: [], item: names.map(statistic), prior: 5 },
});

test("popularity ranks the cold rows alone by how often their items occurred before, ties counting half", () => {
  const label = Uint8Array.of(1, 0, 1, 0, 0);
  const cold = Uint8Array.of(0, 1, 1, 1, 1);
  // Per row: rate, log(1 + count). Among cold rows the positive has 2, the negatives 0, 2 and 5: 1 + 1/2 of 3 pairs.
  const itemStatistics = Float32Array.of(9, 0, 9, 0, 0, Math.log(3), 0, Math.log(3), 9, Math.log(6));
  expect(coldStart(0.7, { catalogue: catalogue("rate", "count"), rows: { label, itemStatistics }, cold })).toEqual({
    model: 0.7,
    popularity: 0.5,
    chance: 0.5,
  });
});

test("popularity is not defined without the statistic, without cold rows, or where their labels are all the same", () => {
  const rows = { label: Uint8Array.of(1, 0), itemStatistics: Float32Array.of(1, 2) };
  const both = Uint8Array.of(1, 1);
  expect(coldStart(null, { catalogue: catalogue("rate"), rows, cold: both }).popularity).toBeNull();
  expect(coldStart(null, { catalogue: catalogue("count"), rows, cold: new Uint8Array(2) }).popularity).toBeNull();
  expect(coldStart(null, { catalogue: catalogue("count"), rows, cold: Uint8Array.of(1, 0) }).popularity).toBeNull();
  expect(coldStart(null, { catalogue: catalogue("count"), rows, cold: both }).popularity).toBe(0);
});

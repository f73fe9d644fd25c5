import { expect, test } from "vitest";
import { poolHistory, weighHistory } from "./history-weights.js";

test("steps of label 0 and unknown items are left out and do not age the others: 1, .97, .97^2 from the newest on", () => {
  const weighted = weighHistory({ items: Int32Array.of(4, 0, 9, 7, 3), labels: [1, 1, 0, null, 1] });
  expect(weighted).toEqual([
    { step: 4, item: 3, weight: 1 },
    { step: 3, item: 7, weight: 0.97 },
    { step: 0, item: 4, weight: expect.closeTo(0.97 ** 2, 12) },
  ]);
});

test("of 300 steps the last 200 are looked at", () => {
  const items = Int32Array.from({ length: 300 }, (_, step) => step + 1);
  const weighted = weighHistory({ items, labels: new Array<1>(300).fill(1) });
  expect(weighted).toHaveLength(200);
  expect(weighted.at(-1)?.item).toBe(101);
});

test("the pooled vector is the weighted sum: 1 (1, 0) + .5 (2, 4) = (2, 2)", () => {
  const rows = [Float32Array.of(1, 0), Float32Array.of(2, 4)];
  const steps = [
    { step: 1, item: 0, weight: 1 },
    { step: 0, item: 1, weight: 0.5 },
  ];
  expect([...poolHistory(steps, { dimension: 2, row: (item) => rows[item]! })]).toEqual([2, 2]);
});

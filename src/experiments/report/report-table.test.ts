import { expect, test } from "vitest";
import { markBest } from "./report-table.js";

test("what reads the same as the best is as bold, and what is not defined never is", () => {
  const cells = [{ text: "0.8712" }, { text: "0.8712" }, { text: "0.8600" }, { text: "-" }];
  const marked = markBest(cells, { values: [0.87119, 0.87121, 0.86, null], better: "higher" });
  expect(marked.map(({ best }) => best === true)).toEqual([true, true, false, false]);
  const lower = markBest(cells, { values: [0.87119, 0.87121, 0.86, null], better: "lower" });
  expect(lower.map(({ best }) => best === true)).toEqual([false, false, true, false]);
});

test("one value alone is no best", () => {
  expect(markBest([{ text: "0.5000" }, { text: "-" }], { values: [0.5, null], better: "higher" })[0]).toEqual({
    text: "0.5000",
  });
});

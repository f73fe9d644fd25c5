import { expect, test } from "vitest";
import { ablationFixture, compareFixture, rankingFixture } from "../../../test/compare/report-fixture.js";
import { madeLine, planLine } from "./plan-text.js";

test("every neural model reads all features, except lines with options of their own where there are any", () => {
  const plain =
    "5 seeds (1, 2, 3, 4, 5); every neural model reads all features; no tuning; RelaImpr against embedding-mlp.";
  expect(planLine(compareFixture())).toBe(plain);
  const report = compareFixture();
  report.lines[3]!.set.push("options.modalities=ids");
  expect(planLine(report)).toBe(plain.replace("all features", "all features, except lines with options of their own"));
  expect(planLine(ablationFixture())).toContain("of its own defaults, except lines with options of their own;");
});

test("learning rates that were tuned are no features: nothing is excepted", () => {
  expect(planLine(rankingFixture())).toContain("every neural model reads all features; tuned on validation, 3 trials");
});

test("one thread is one thread", () => {
  expect(madeLine(compareFixture())).toContain("Node 20.20.2, 1 thread, 1 h 27 min; dataset 90bc5256c9d8");
});

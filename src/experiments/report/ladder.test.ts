import { expect, test } from "vitest";
import { ablationFixture } from "../../../test/compare/report-fixture.js";
import { ladderOf, partOf } from "./ladder.js";

test("an ablation of 9 rungs and 14 parts taken away has 8 steps and 14 removals", () => {
  const { rungs, steps, without } = ladderOf(ablationFixture(), "auc");
  expect([rungs.length, steps.length, without.length]).toEqual([9, 8, 14]);
  expect(rungs.at(-1)).toBe("+ products");
  expect(steps.map(({ second }) => second)).toEqual(rungs.slice(0, -1));
  expect(without.every(({ first, second }) => first.startsWith("whole less") && second === "+ products")).toBe(true);
});

test("a comparison that was written the other way round is turned, its interval and verdict too", () => {
  const report = ablationFixture();
  const own = report.comparisons[0]!;
  const turned = {
    ...own,
    first: own.second,
    second: own.first,
    difference: -0.0218,
    interval: [-0.03, -0.01] as [number, number],
    verdict: "worse" as const,
  };
  const [step] = ladderOf({ ...report, comparisons: [turned] }, "auc").steps;
  expect(step).toMatchObject({ first: own.first, difference: 0.0218, interval: [0.01, 0.03], verdict: "better" });
});

test("a line less a part is named by its part", () => {
  expect([partOf("whole less the MLP"), partOf("mmdin")]).toEqual(["the MLP", "mmdin"]);
});

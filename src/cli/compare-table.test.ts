import { expect, test } from "vitest";
import { ablationFixture, compareFixture, emptyFixture, rankingFixture } from "../../test/compare/report-fixture.js";
import { renderComparison } from "./compare-table.js";

const folder = "reports/films";
const print = (fixture: typeof compareFixture): string =>
  renderComparison(fixture(), { folder, terminal: true, width: 80 });

test("the table of 14 models fits into 80 columns in one piece", () => {
  const lines = print(compareFixture).split("\n");
  const table = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("±")),
  );
  for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  expect(table.filter((line) => /\bmmdin\b/.test(line))).toHaveLength(1);
  expect(table.find((line) => /\bmodel\b/.test(line))).toMatch(
    /model\s+│?\s*AUC\s+│?\s*log-loss\s+│?\s*gAUC\s+│?\s*ECE\s+│?\s*RelaImpr/,
  );
  expect(table.find((line) => /\bmmdin\b/.test(line))).toMatch(
    /mmdin\W+0\.8611 ± 0\.0003\W+0\.4652 ± 0\.0003\W+0\.7711\W+0\.0212\W+\+?2\.64 %/,
  );
});

test("below the table come who wins, every sentence with the best, what failed, notes and the folder", () => {
  const text = print(compareFixture);
  const places = [
    "mmdin has the highest test AUC: 0.8611 over 5 seeds.",
    "mmdin and dmin cannot be told apart in auc",
    "mmdin is better than popularity in logLoss",
    "failed: pnn, seed 4: diverged: the loss of step 212 is not a number",
    "note: Every row of the slice empty history is positive: it has no AUC.",
    "the whole report: reports/films",
  ].map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("with candidates HR@10 takes the place of ECE", () => {
  const text = print(rankingFixture);
  expect(text).toMatch(/gAUC\W+HR@10/);
  expect(text).not.toContain("ECE");
});

test("what is not defined is a dash", () => {
  for (const fixture of [compareFixture, rankingFixture, ablationFixture, emptyFixture])
    expect(print(fixture)).not.toMatch(/\b(?:NaN|undefined|null|Infinity)\b/);
  expect(print(emptyFixture)).toMatch(/dmin\W+-\W+-/);
});

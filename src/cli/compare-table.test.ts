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
    "dmin and mmdin cannot be told apart in AUC: -0.0013 [-0.0036, +0.0011], ",
    "din is worse than mmdin in AUC: -0.00",
    "popularity is worse than mmdin in log-loss: +0.1965 [+0.1941, +0.1989], 100.0 % of resamples agree.",
    "failed: pnn, seed 4: diverged: the loss of step 212 is not a number",
    "note: One class of labels in empty history: AUC is not defined there.",
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

test("names, errors and notes move no cursor: control characters are spaces", () => {
  const wild = "\u001b[2J\u009b1A\r\n";
  const report = compareFixture();
  for (const comparison of report.comparisons) {
    if (comparison.first !== "din") continue;
    comparison.sentence = comparison.sentence.replace("din", `${wild}din`);
    comparison.first = `${wild}din`;
  }
  report.lines[2]!.name = `${wild}din`;
  report.lines[6]!.cells[3]!.error = `${wild}diverged`;
  const text = renderComparison(
    { ...report, title: `${wild}films`, notes: [`${wild}a note`] },
    { folder: `${wild}folder`, terminal: true, width: 80 },
  );
  expect([...text.matchAll(/(?!\n)\p{Cc}/gu)]).toEqual([]);
  for (const part of ["[2J 1A din ", "failed: pnn, seed 4: [2J 1A diverged", "note: [2J 1A a note", ": [2J 1A folder"])
    expect(text).toContain(part);
});

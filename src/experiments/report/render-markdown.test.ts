import { expect, test } from "vitest";
import { ablationFixture, compareFixture, emptyFixture, rankingFixture } from "../../../test/compare/report-fixture.js";
import { renderMarkdown } from "./render-markdown.js";

/** The cells of the first table row that begins with a name. */
function row(text: string, name: string): string[] {
  const line = text.split("\n").find((one) => one.startsWith(`| ${name} |`)) ?? "";
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test("the report begins with who wins, by how much and whether it is luck", () => {
  const [title, , answer] = renderMarkdown(compareFixture()).split("\n");
  expect(title).toBe("# Models compared");
  expect(answer).toBe(
    "**mmdin has the highest test AUC: 0.8611 over 5 seeds.** It is 0.0013 above dmin, the next (95 % interval -0.0011 to +0.0036). That may be luck: it cannot be told apart from dmin. It is better than 12 others beyond luck. The lowest log-loss is that of dmin, 0.4616, beside 0.4652 of mmdin.",
  );
});

test("the main table has a row for each of 14 models, means with half intervals, and the best in bold", () => {
  const text = renderMarkdown(compareFixture());
  expect(row(text, "model")).toEqual(
    "model,AUC,gAUC,log-loss,PR-AUC,accuracy,ECE,RelaImpr,RelaImpr of gAUC,parameters,time per run,seeds".split(","),
  );
  expect(row(text, "mmdin").slice(0, 4)).toEqual([
    "mmdin",
    "**0.8611** ± 0.0003",
    "**0.7711** ± 0.0003",
    "0.4652 ± 0.0003",
  ]);
  expect(row(text, "embedding-mlp").slice(7)).toEqual(["-", "-", "168,257", "23 s", "5 of 5"]);
  expect(row(text, "popularity").slice(7)).toEqual(["-65.79 %", "-88.39 %", "7,868", "4.9 s", "5 of 5"]);
});

test("a failed cell is named with its reason, and its model counts four seeds of five", () => {
  const text = renderMarkdown(compareFixture());
  expect(row(text, "pnn").at(-1)).toBe("4 of 5");
  expect(text).toContain("## Failed\n\n- pnn, seed 4: diverged: the loss of step 212 is not a number\n");
});

test("a slice of one class has a log-loss and no AUC, and a slice without rows is left out", () => {
  const [auc, logLoss] = renderMarkdown(compareFixture()).split("on slices of test.").slice(1);
  expect(row(auc ?? "", "rows").slice(1, 5)).toEqual(["2,029", "8,055", "41", "402"]);
  expect(row(auc ?? "", "mmdin")[3]).toBe("-");
  expect(row(logLoss ?? "", "dmin")[3]).toMatch(/^\*\*0\.\d{4}\*\* ± 0\.\d{4}$/);
  expect(auc).not.toContain("missing modality");
});

test("columns of ranking come with candidates alone, and a trial that failed says why", () => {
  expect(row(renderMarkdown(compareFixture()), "model")).not.toContain("HR@10");
  const text = renderMarkdown(rankingFixture());
  expect(row(text, "model").slice(7, 11)).toEqual(["HR@10", "NDCG@10", "MRR", "coverage@10"]);
  expect(text).toContain("100 fixed candidates beside each positive");
  expect(text).toContain("| mmdin | 1 | **defaults** | **0.2700** | chosen |");
  expect(text).toContain("| din | 3 | optimizer.learningRate=0.004 | - | failed: diverged: the loss of step 12 is not");
});

test("an ablation begins with its ladder, and keeps the order of its rungs", () => {
  const text = renderMarkdown(ablationFixture());
  expect(text).toContain("**From ids to + products: test AUC 0.7899 to 0.8610, +0.0710.**");
  expect(text).toContain("The largest step is + modalities in attention, +0.0220. Of 8 steps, 5 gain beyond luck.");
  expect(text).toContain("Without ages it is better beyond luck.");
  expect(text.indexOf("| ids |")).toBeLessThan(text.indexOf("| + gates |"));
});

test("what is not defined is a dash, in every report, and the same report gives the same text", () => {
  for (const fixture of [compareFixture, rankingFixture, ablationFixture, emptyFixture]) {
    const text = renderMarkdown(fixture());
    expect(text).not.toMatch(/\b(?:NaN|undefined|null|Infinity)\b/);
    expect(renderMarkdown(fixture())).toBe(text);
  }
  const empty = renderMarkdown(emptyFixture());
  expect(empty).toContain("**No model has a test AUC.**");
  expect(row(empty, "mmdin")).toEqual(["mmdin", ..."---------".split(""), "0 of 5"]);
});

test("names at the start of a bullet are text: neither a list of their own, a heading nor a quotation", () => {
  const text = renderMarkdown(ablationFixture());
  expect(text).toContain("\n- \\+ gates and + similarity tiers cannot be told apart in AUC: +0.0004");
  expect(text).not.toMatch(/^- (?:[#>+-]|\d+[.)])/m);
  const notes = ["# one", "- two", "> three", "1. four", "12) five", " + six", "7 of 8", "-"];
  expect(renderMarkdown({ ...compareFixture(), notes })).toContain(
    "- \\# one\n- \\- two\n- \\> three\n- 1\\. four\n- 12\\) five\n- \\+ six\n- 7 of 8\n- \\-\n",
  );
});

test("options of lines are those beside the plan's, the last value of each, and are left out where there are none", () => {
  expect(renderMarkdown(compareFixture())).not.toContain("## Options of lines");
  const [, ranking] = renderMarkdown(rankingFixture()).split("## Options of lines");
  expect(row(ranking ?? "", "din")).toEqual(["din", "din", "optimizer.learningRate=0.002"]);
  const [, ablation] = renderMarkdown(ablationFixture()).split("## Options of lines");
  expect(row(ablation ?? "", "whole less gates")[2]).toBe(
    "options.modalities=all options.heads.perModality=2 options.heads.joined=2 options.heads.over=all options.tiers.bins=20 options.gates=false options.cross.layers=2 options.products=true",
  );
});

test("names are text: neither HTML nor a column of their own", () => {
  const report = compareFixture();
  report.lines[0]!.name = "<img src=x onerror=alert(1)> | *a*\nb";
  const text = renderMarkdown(report);
  expect(text).toContain("| &lt;img src=x onerror=alert(1)> \\| \\*a\\* b |");
  expect(text).not.toContain("<img");
});

import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { ablationFixture, compareFixture, emptyFixture, rankingFixture } from "../../../test/compare/report-fixture.js";
import { renderHtml } from "./render-html.js";

const fixtures = { compareFixture, rankingFixture, ablationFixture, emptyFixture };
const pages: Record<string, string> = {};

beforeAll(async () => {
  for (const [name, fixture] of Object.entries(fixtures)) pages[name] = await renderHtml(fixture());
}, 60_000);

/** Elements that are opened and never closed, or closed and never opened. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, close, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi)) {
    if (["meta", "br"].includes(name) || tag.endsWith("/>")) continue;
    if (close === "") open.push(name);
    else if (open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

test("14 models and 5 seeds are one page of less than 400 kB that loads nothing and runs nothing", () => {
  for (const page of Object.values(pages)) {
    expect(page.length).toBeLessThan(400_000);
    expect(/https?:|url\(|@import|<script|<link|<img|<iframe|\bstyle=|\son\w+=/.exec(page)).toBeNull();
    expect(page.match(/<style>/g)).toHaveLength(1);
  }
});

test("the policy allows this style and nothing else", () => {
  const page = pages.compareFixture!;
  const style = /<style>(.*)<\/style>/s.exec(page)![1]!;
  const hash = createHash("sha256").update(style).digest("base64");
  expect(
    page.includes(`content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`),
  ).toBe(true);
});

test("every element of a page is closed, and what is not defined is never NaN, null or undefined", () => {
  for (const page of Object.values(pages)) {
    expect(unbalanced(page)).toEqual([]);
    expect(/\b(?:NaN|undefined|null|Infinity)\b/.exec(page)).toBeNull();
  }
});

test("the first thing to read is who wins, then come the plots, then the table", () => {
  const page = pages.compareFixture!;
  const places = [
    '<h1 dir="auto">mmdin has the highest test AUC: 0.8611 over 5 seeds.</h1>',
    "It is 0.0013 above dmin, the next (95 % interval -0.0011 to +0.0036).",
    'aria-label="AUC of every model"',
    '<th scope="row" dir="auto">mmdin</th><td class="number"><strong>0.8611</strong><small>± 0.0003</small></td>',
    "pnn, seed 4: diverged: the loss of step 212 is not a number",
    'aria-label="AUC: difference to mmdin"',
  ].map((text) => page.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("every plot has a name, and says its numbers in a description", () => {
  const page = pages.compareFixture!;
  const plots = [...page.matchAll(/<svg [^>]*>(<desc>[^<]+<\/desc>)?/g)];
  // AUC, log-loss and two differences at two widths; 12 slices with an AUC; 14 models, 11 of them trained.
  expect(plots).toHaveLength(2 * 4 + 12 + 14 + 11);
  for (const [plot] of plots) expect(plot).toMatch(/role="img" aria-label="[^"]+".*<desc>/);
  expect(/<desc>mmdin 0\.8611, dmin 0\.8599, /.test(page)).toBe(true);
});

test("an ablation draws its ladder, the worth of each step and what is lost without a part", () => {
  const page = pages.ablationFixture!;
  expect(page.includes('aria-label="AUC: what each step changes"')).toBe(true);
  expect(page.includes("<desc>+ modalities in the MLP +0.0216, ")).toBe(true);
  expect(/<desc>whole less modalities -0\.0408, whole less modalities in attention -0\.0040, /.test(page)).toBe(true);
  expect(page.includes("difference to")).toBe(false);
});

/** The first plot with a name, from its beginning to its end. */
function plotOf(page: string, name: string): string {
  const start = page.indexOf(`aria-label="${name}"`);
  return page.slice(start, page.indexOf("</svg>", start));
}

test("a model that is ahead of the best in log-loss has a colour of its own, and the colours are explained", () => {
  const page = pages.compareFixture!;
  for (const name of ["log-loss of every model", "log-loss: difference to mmdin"])
    expect(plotOf(page, name).match(/<circle[^>]*fill="var\(--third\)"[^>]*r="4"/g)).toHaveLength(1);
  expect(plotOf(page, "AUC of every model")).not.toContain("--third");
  expect(page).toContain('Colours refer to <span class="best">the best in AUC</span>, in both plots');
  expect(page).toContain('what is <span class="ahead">better than it</span> beyond luck');
});

test("with one seed the page says that intervals are over people, and no colour is beyond luck", async () => {
  const report = compareFixture();
  const page = await renderHtml({ ...report, plan: { ...report.plan, seeds: [1] } });
  expect(page).toContain("with one seed the other, how a training starts, is not seen.");
  expect(page).toContain('<span class="ahead">better than it</span> beyond the luck of who is in test');
}, 60_000);

test("the dashed curve is named: the best line's, or the first that has one, and none where there is one curve", async () => {
  expect(pages.compareFixture).toContain("their mean thick; dashed beside the others: mmdin.</p>");
  const report = compareFixture();
  const page = await renderHtml({ ...report, best: "popularity" });
  expect(page).toContain("their mean thick; dashed beside the others: mmdin.</p>");
  expect(plotOf(page, "Log-loss of din on validation by step")).toContain("stroke-dasharray");
  const alone = await renderHtml({ ...report, lines: report.lines.filter(({ name }) => /^(din|pop)/.test(name)) });
  expect(alone).toContain("their mean thick.</p>");
}, 60_000);

test("options of lines are folded below the table of models", () => {
  const page = pages.rankingFixture!;
  const folded = /<details><summary>Options of lines<\/summary>(.*?)<\/details>/s.exec(page)![1]!;
  expect(folded).toContain('<th scope="row" dir="auto">din</th><td>din</td><td>optimizer.learningRate=0.002</td>');
  expect(folded).not.toContain(">mmdin<");
  expect(pages.compareFixture).not.toContain("Options of lines");
});

test("a report without any finished cell is a page still, with every failure and no plots of scores", () => {
  const page = pages.emptyFixture!;
  expect(page.includes("No model has a test AUC.")).toBe(true);
  expect(page.match(/the dataset was changed/g)).toHaveLength(10);
});

test("names, errors and notes are text, whatever they hold", async () => {
  const evil = `"><img src=x onerror='alert(1)'>&amp;</svg></title>`;
  const report = compareFixture();
  report.title = evil;
  for (const line of report.lines.slice(0, 7)) {
    for (const comparison of report.comparisons) {
      if (comparison.first === line.name) comparison.first = `${evil}${line.name}`;
      if (comparison.second === line.name) comparison.second = `${evil}${line.name}`;
      comparison.sentence = evil;
    }
    line.name = `${evil}${line.name}`;
    for (const cell of line.cells) if (cell.error !== null) cell.error = evil;
  }
  report.best = report.lines[0]!.name;
  report.notes = [evil];
  report.dataset.name = evil;
  report.times.machine = evil;
  const page = await renderHtml(report);
  expect(page.includes("<img")).toBe(false);
  expect(unbalanced(page)).toEqual([]);
  expect(page.length).toBeLessThan(500_000);
}, 60_000);

test("the same report gives the same bytes", async () => {
  expect((await renderHtml(rankingFixture())) === pages.rankingFixture).toBe(true);
});

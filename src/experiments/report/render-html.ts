import { createHash } from "node:crypto";
import { escapeHtml } from "../../modality/escape-html.js";
import { headline } from "./headline.js";
import { luckOf } from "./luck.js";
import { datasetLine, madeLine, planLine } from "./plan-text.js";
import { type Draftsman, openDraftsman } from "./plot-svg.js";
import type { CompareReport } from "./report.js";
import {
  differenceFigures,
  ladderFigures,
  reliabilityFigures,
  scoreFigures,
  sliceFigures,
  validationFigures,
} from "./report-figures.js";
import { REPORT_PAGE_STYLE } from "./report-page-style.js";
import { pageTable } from "./report-page-table.js";
import { calibrationTable, failedCells, mainTable, optionsTable, sliceTables, tuningTable } from "./report-tables.js";
import { INDICATOR_NAMES } from "./report-text.js";
import { validationCurves } from "./validation-curves.js";

/**
 * A comparison as one HTML file that needs nothing else: the answer in words, plots, tables.
 *
 * Plots are static SVG, drawn here. No script runs and nothing is fetched, whatever the names, errors and notes hold: they are
 * text. The same report gives the same bytes.
 */
export async function renderHtml(report: CompareReport): Promise<string> {
  const draftsman = await openDraftsman();
  const style = createHash("sha256").update(REPORT_PAGE_STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  const { lead, rest } = headline(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="mmdin ${escapeHtml(report.mmdin)}">
<title>${escapeHtml(report.title)}</title>
<style>${REPORT_PAGE_STYLE}</style>
</head>
<body>
<header>
<p class="over" dir="auto">${escapeHtml(report.title)}</p>
<h1 dir="auto">${escapeHtml(lead)}</h1>
<p class="answer" dir="auto">${escapeHtml(rest.join(" "))}</p>
<p class="about" dir="auto">${escapeHtml(datasetLine(report))}</p>
<p class="about" dir="auto">${escapeHtml(planLine(report))}</p>
</header>
<main>
${sections(report, draftsman)
  .filter((text) => text !== "")
  .join("\n")}
</main>
<footer>${escapeHtml(madeLine(report))}</footer>
</body>
</html>
`;
}

function sections(report: CompareReport, draftsman: Draftsman): string[] {
  const tuning = tuningTable(report);
  const options = optionsTable(report);
  const failed = failedCells(report);
  const slices = sliceTables(report).map(pageTable).join("\n");
  const isLadder = report.kind === "ablate";
  const { beyond, intervals } = luckOf(report);
  const differences = isLadder ? ladderFigures(report, draftsman) : differenceFigures(report, draftsman);
  return [
    section(isLadder ? "The ladder" : "Who wins", {
      note: `Large dots are means over seeds, bars their 95 % intervals, small dots single seeds. ${isLadder ? WHOLE : colours(beyond)}`,
      body: grid("", scoreFigures(report, draftsman)),
    }),
    section("Models", {
      body: [pageTable(mainTable(report)), options === undefined ? "" : folded("Options of lines", pageTable(options))]
        .join("\n")
        .trimEnd(),
    }),
    section("Failed", { body: list(failed) }),
    section("Notes", { body: list(report.notes) }),
    section(isLadder ? "What each part is worth" : "By how much, and is it luck?", {
      note: `${intervals} They are simultaneous over all pairs. ${isLadder ? steps(beyond) : APART}`,
      body: [grid("", differences), sentences(report)].filter((text) => text !== "").join("\n"),
    }),
    section("Slices", {
      note: "AUC on parts of test; every part has an axis of its own.",
      body: `${grid(" slices", sliceFigures(report, draftsman))}${slices === "" ? "" : `\n${folded("Tables", slices)}`}`,
    }),
    section("Calibration", {
      note: 'Share of positives over predicted probability: <span class="alike">before</span> and <span class="best">after</span> calibration, which was fitted on validation. On the diagonal is right.',
      body: `${grid(" squares", reliabilityFigures(report, draftsman))}\n${pageTable(calibrationTable(report))}`,
    }),
    section("Training", {
      note: `Log-loss on validation by step: seeds thin, their mean thick${dashed(report)}.`,
      body: grid(" curves", validationFigures(report, draftsman)),
    }),
    section("Tuning", { body: tuning === undefined ? "" : pageTable(tuning) }),
  ];
}

/** Both plots are coloured by the winner of the first: in log-loss another one may be ahead. */
const colours = (beyond: string): string =>
  `Colours refer to <span class="best">the best in AUC</span>, in both plots: what <span class="alike">cannot be told apart from it</span>, and what is <span class="ahead">better than it</span> ${beyond}; an arrow with a number is out of sight.`;
const APART = 'One that holds 0 <span class="alike">cannot be told apart</span>.';
const WHOLE = 'From the lowest rung to <span class="best">the whole</span>, then the whole without one part.';
const steps = (beyond: string): string =>
  `<span class="best">Better</span> ${beyond}, <span class="alike">cannot be told apart</span>, or worse (in the colour of the text).`;

/** Whose curve the others are seen beside, where there are others. */
function dashed(report: CompareReport): string {
  const { curves, reference } = validationCurves(report);
  return curves.length < 2 ? "" : `; dashed beside the others: ${escapeHtml(reference?.name ?? "")}`;
}

/** A section, or nothing where it has no body. The note is markup of ours. */
function section(title: string, { note, body }: { note?: string; body: string }): string {
  if (body.trim() === "") return "";
  const below = note === undefined ? "" : `\n<p class="note">${note}</p>`;
  return `<section>\n<h2>${escapeHtml(title)}</h2>${below}\n${body}\n</section>`;
}

function grid(className: string, figures: string): string {
  return figures.trim() === "" ? "" : `<div class="figures${className}">\n${figures}\n</div>`;
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return "";
  return `<ul>\n${texts.map((text) => `<li dir="auto">${escapeHtml(text)}</li>`).join("\n")}\n</ul>`;
}

function folded(title: string, body: string): string {
  return `<details><summary>${escapeHtml(title)}</summary>\n${body}\n</details>`;
}

/** The sentences; those of AUC and log-loss open, those of other indicators folded. */
function sentences({ comparisons }: CompareReport): string {
  return [...new Set(comparisons.map(({ indicator }) => indicator))]
    .map((indicator) => {
      const name = `In words: ${INDICATOR_NAMES[indicator]}`;
      const body = list(comparisons.filter((one) => one.indicator === indicator).map(({ sentence }) => sentence));
      return indicator === "auc" ? `<h3>${escapeHtml(name)}</h3>\n${body}` : folded(name, body);
    })
    .join("\n");
}

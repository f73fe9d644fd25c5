import { headline } from "./headline.js";
import { datasetLine, madeLine, planLine } from "./plan-text.js";
import type { CompareReport } from "./report.js";
import type { ReportTable, TableCell } from "./report-table.js";
import { calibrationTable, failedCells, mainTable, optionsTable, sliceTables, tuningTable } from "./report-tables.js";
import { INDICATOR_NAMES } from "./report-text.js";

/**
 * A comparison as markdown: the answer in words, then every table, then what to know before trusting them.
 *
 * Names, errors and notes are text: what markdown or HTML would read in them is escaped. The same report gives the same bytes.
 */
export function renderMarkdown(report: CompareReport): string {
  const { lead, rest } = headline(report);
  const parts = [
    `# ${inline(report.title)}`,
    `**${inline(lead)}** ${rest.map(inline).join(" ")}`.trimEnd(),
    bullets([`Data: ${datasetLine(report)}`, `Plan: ${planLine(report)}`]),
    "## Models",
    table(mainTable(report)),
    ...sentences(report),
    ...section("Slices", sliceTables(report).map(table)),
    ...section("Calibration", [table(calibrationTable(report))]),
    ...section("Options of lines", optional(optionsTable(report))),
    ...section("Tuning", optional(tuningTable(report))),
    ...section("Failed", [bullets(failedCells(report))]),
    ...section("Notes", [bullets(report.notes)]),
    "## Made",
    inline(madeLine(report)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The sentences, grouped by indicator. */
function sentences({ comparisons }: CompareReport): string[] {
  const indicators = [...new Set(comparisons.map(({ indicator }) => indicator))];
  const group = (indicator: (typeof indicators)[number]): string =>
    `${INDICATOR_NAMES[indicator]}:\n\n${bullets(comparisons.filter((c) => c.indicator === indicator).map((c) => c.sentence))}`;
  return section("Told apart?", indicators.map(group));
}

function section(title: string, parts: readonly string[]): string[] {
  const filled = parts.filter((part) => part !== "");
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

function optional(found: ReportTable | undefined): string[] {
  return found === undefined ? [] : [table(found)];
}

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${lineStart(inline(text))}`).join("\n");
}

function table({ caption, columns, rows }: ReportTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    inline(caption),
    "",
    line(columns.map(({ title }) => inline(title))),
    line(columns.map(({ numeric }) => (numeric ? "---:" : "---"))),
    ...rows.map((cells) => line(cells.map(tableCell))),
  ].join("\n");
}

function tableCell({ text, small, best }: TableCell): string {
  const body = text === "" ? "" : best ? `**${inline(text)}**` : inline(text);
  return small === undefined ? body : `${body} ${inline(small)}`;
}

/** Text that markdown does not take for a heading, a quotation or a list where a line, or what a list holds, begins with it. */
function lineStart(text: string): string {
  return text.replace(/^([#>+-])/, "\\$1").replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Text in one line that neither markdown nor HTML reads as markup. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/([\\`*_|[\]~])/g, "\\$1");
}

import { headline } from "../experiments/report/headline.js";
import type { CompareReport, Comparison } from "../experiments/report/report.js";
import { failedCells } from "../experiments/report/report-tables.js";
import { against, meanAndHalf, signedPercent } from "../experiments/report/report-text.js";
import { oneLine } from "./one-line.js";
import { type Cell, renderTable, type TableOptions } from "./table.js";

/** What `mmdin compare` and `mmdin ablate` print at their end; `folder` is where the report lies. Names, errors and notes move no cursor. */
export function renderComparison(
  report: CompareReport,
  { folder, ...table }: { folder: string } & TableOptions,
): string {
  const { lead, rest } = headline(report);
  const failed = failedCells(report).map((sentence) => `failed: ${sentence}`);
  const blocks = [
    [oneLine(report.title)],
    [mainTable(report, table), "± is half of the 95 % interval over seeds; - is not defined"],
    [lead, ...rest].map(oneLine),
    sentences(report).map(oneLine),
    failed.map(oneLine),
    report.notes.map((note) => oneLine(`note: ${note}`)),
    [`the whole report: ${oneLine(folder)}`],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function mainTable({ lines }: CompareReport, options: TableOptions): string {
  const ranked = lines.some(({ indicators }) => indicators.hitRate10.mean !== null);
  const titles = ["model", "AUC", "log-loss", "gAUC", ranked ? "HR@10" : "ECE", "RelaImpr"];
  const rows = lines.map(({ name, indicators, relaImpr }): Cell[] => [
    oneLine(name),
    meanAndHalf(indicators.auc),
    meanAndHalf(indicators.logLoss),
    rounded(indicators.gauc.mean),
    rounded((ranked ? indicators.hitRate10 : indicators.ece).mean),
    relaImpr.auc === null ? null : signedPercent(relaImpr.auc),
  ]);
  return renderTable(titles, rows, options);
}

/** Four digits, whole numbers too: "1.0000". */
function rounded(value: number | null): string | null {
  return value === null ? null : value.toFixed(4);
}

/** AUC and log-loss: every pair with the best, in an ablation every pair. */
function sentences({ kind, best, comparisons }: CompareReport): string[] {
  const wanted = ({ indicator }: Comparison): boolean => indicator === "auc" || indicator === "logLoss";
  return comparisons
    .filter((one) => wanted(one) && (kind === "ablate" || best === null || against(one, best) !== undefined))
    .map(({ sentence }) => sentence);
}

import type { Summary } from "../../metrics/index.js";
import { meanOfKnown } from "./mean-of-known.js";
import { ownOptions } from "./own-options.js";
import { type CompareReport, INDICATORS, type Indicator, type ReportLine } from "./report.js";
import { markBest, type ReportTable, type TableCell } from "./report-table.js";
import {
  count,
  decimal,
  duration,
  finishedOf,
  halfOf,
  INDICATOR_NAMES,
  RANKING_INDICATORS,
  signedPercent,
  sliceName,
} from "./report-text.js";

type Column = { title: string; cells: TableCell[]; numeric?: false };

/** Models by rows: every indicator that is defined somewhere, RelaImpr, size and time. */
export function mainTable({ lines, times }: CompareReport): ReportTable {
  const columns = shownIndicators(lines).map((name) =>
    summaryColumn(
      INDICATOR_NAMES[name],
      lines.map(({ indicators }) => indicators[name]),
      INDICATORS[name],
    ),
  );
  columns.push({ title: "RelaImpr", cells: lines.map(({ relaImpr }) => ({ text: signedPercent(relaImpr.auc) })) });
  if (lines.some(({ relaImpr }) => relaImpr.gauc !== null)) {
    const cells = lines.map(({ relaImpr }) => ({ text: signedPercent(relaImpr.gauc) }));
    columns.push({ title: "RelaImpr of gAUC", cells });
  }
  columns.push({ title: "parameters", cells: lines.map(({ parameters }) => ({ text: count(parameters) })) });
  const seconds = ({ name }: ReportLine): TableCell => ({
    text: duration(times.lines[name]?.secondsPerRun ?? null),
  });
  columns.push({ title: "time per run", cells: lines.map(seconds) });
  columns.push({ title: "seeds", cells: lines.map((line) => ({ text: finishedOf(line) })) });
  const caption =
    "Means over seeds on test; behind ± half of the 95 % interval of the mean. Best in bold; - is not defined.";
  return byLine(lines, { caption, columns });
}

/** AUC and log-loss of every slice that has rows: how large the slices are, then models by rows. */
export function sliceTables({ lines }: CompareReport): ReportTable[] {
  const slices = slicesOf(lines);
  if (slices.length === 0) return [];
  const sizes: TableCell[][] = [
    [{ text: "rows" }, ...slices.map(({ rows }) => ({ text: count(rows) }))],
    [{ text: "positive" }, ...slices.map(({ positives }) => ({ text: count(positives) }))],
  ];
  return (["auc", "logLoss"] as const).map((indicator) => {
    const columns = slices.map(({ name }) =>
      summaryColumn(
        sliceName(name),
        lines.map(({ slices }) => slices[name][indicator]),
        INDICATORS[indicator],
      ),
    );
    const table = byLine(lines, { caption: `${INDICATOR_NAMES[indicator]} on slices of test.`, columns });
    return { ...table, rows: [...sizes, ...table.rows] };
  });
}

/** ECE and log-loss before and after calibration, means over the seeds that were finished. */
export function calibrationTable({ lines }: CompareReport): ReportTable {
  const columns = (["ece", "logLoss"] as const).flatMap((indicator): Column[] => {
    const before = lines.map(({ cells }) => meanOfKnown(cells.map(({ uncalibrated }) => uncalibrated[indicator])));
    const after = lines.map(({ indicators }) => indicators[indicator].mean);
    const plain = (values: (number | null)[]): TableCell[] => values.map((value) => ({ text: decimal(value) }));
    const name = INDICATOR_NAMES[indicator];
    return [
      { title: `${name} before`, cells: plain(before) },
      { title: `${name} after`, cells: markBest(plain(after), { values: after, better: "lower" }) },
    ];
  });
  const method = ({ cells }: ReportLine): TableCell => ({
    text: [...new Set(cells.filter(({ state }) => state === "finished").map((c) => c.calibration))].join(", ") || "-",
  });
  columns.push({ title: "calibration", cells: lines.map(method), numeric: false });
  return byLine(lines, { caption: "On test, by a calibration that was fitted on validation.", columns });
}

/** Options of every line that has some of its own, the tuned ones included; undefined where no line has any. */
export function optionsTable({ lines, plan }: CompareReport): ReportTable | undefined {
  const rows = lines
    .map(({ name, model, set }) => [name, model, effective(ownOptions({ set }, plan)).join(" ")])
    .filter(([, , options]) => options !== "");
  if (rows.length === 0) return undefined;
  return {
    caption: "Beside the defaults of the model and what every line is given. Lines without are left out.",
    columns: ["line", "model", "options"].map((title) => ({ title, numeric: false })),
    rows: rows.map((texts) => texts.map((text) => ({ text }))),
  };
}

/** The last value of each option, which is the one that holds. */
function effective(set: readonly string[]): string[] {
  return [...new Map(set.map((entry) => [entry.slice(0, entry.indexOf("=")), entry])).values()];
}

/** What was tried on validation, one row a trial; undefined where nothing was tuned. */
export function tuningTable({ lines }: CompareReport): ReportTable | undefined {
  const trials = lines.flatMap(({ name, trials }) => trials.map((trial, index) => ({ name, index, ...trial })));
  if (trials.length === 0) return undefined;
  const numeric = [false, true, false, true, false];
  return {
    caption: "Every trial's monitored indicator on validation. Test took no part in the choice, which is in bold.",
    columns: ["model", "trial", "options", "on validation", ""].map((title, i) => ({ title, numeric: numeric[i]! })),
    rows: trials.map(({ name, index, set, value, error, chosen }) => [
      { text: name },
      { text: `${index + 1}` },
      { text: set.join(" ") || "defaults", best: chosen },
      { text: decimal(value), best: chosen },
      { text: error === null ? (chosen ? "chosen" : "") : `failed: ${error}` },
    ]),
  };
}

/** Cells that failed, one sentence each: "din, seed 3: diverged". */
export function failedCells({ lines }: CompareReport): string[] {
  return lines.flatMap(({ name, cells }) =>
    cells
      .filter(({ state }) => state === "failed")
      .map(({ seed, error }) => `${name}, seed ${seed}: ${error ?? "no reason is known"}`),
  );
}

/** The indicators that some line has; those of ranking only where the dataset has candidates. */
function shownIndicators(lines: readonly ReportLine[]): Indicator[] {
  const ranking: readonly Indicator[] = RANKING_INDICATORS;
  const defined = (name: Indicator): boolean => lines.some(({ indicators }) => indicators[name].mean !== null);
  return (Object.keys(INDICATORS) as Indicator[]).filter((name) => !ranking.includes(name) || defined(name));
}

/** Slices that have rows, with their sizes. */
export function slicesOf(lines: readonly ReportLine[]) {
  const names = Object.keys(lines[0]?.slices ?? {}) as (keyof ReportLine["slices"])[];
  const sized = names.map((name) => {
    const largest = lines.reduce((a, b) => (b.slices[name].rows > a.slices[name].rows ? b : a)).slices[name];
    return { name, rows: largest.rows, positives: largest.positives };
  });
  return sized.filter(({ rows }) => rows > 0);
}

function summaryColumn(title: string, summaries: readonly Summary[], better: "higher" | "lower"): Column {
  const cells = summaries.map(({ mean, interval }) => {
    const half = halfOf(interval);
    return { text: decimal(mean), ...(half === null ? {} : { small: `± ${decimal(half)}` }) };
  });
  return { title, cells: markBest(cells, { values: summaries.map(({ mean }) => mean), better }) };
}

function byLine(
  lines: readonly ReportLine[],
  { caption, columns }: { caption: string; columns: Column[] },
): ReportTable {
  return {
    caption,
    columns: [{ title: "model", numeric: false }, ...columns.map(({ title, numeric = true }) => ({ title, numeric }))],
    rows: lines.map(({ name }, row) => [{ text: name }, ...columns.map(({ cells }) => cells[row]!)]),
  };
}

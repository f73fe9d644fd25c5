import { escapeHtml } from "../../modality/escape-html.js";
import { type IntervalPlot, type IntervalRow, intervalPlot, type Tone } from "./interval-plot.js";
import { ladderOf } from "./ladder.js";
import type { Draftsman } from "./plot-svg.js";
import { reliabilityPlot } from "./reliability-plot.js";
import { type CompareReport, type Comparison, INDICATORS, type ReportLine } from "./report.js";
import { slicesOf } from "./report-tables.js";
import { against, count, decimal, INDICATOR_NAMES, meanAndHalf, signed, sliceName } from "./report-text.js";
import { validationCurves } from "./validation-curves.js";
import { meanBySteps, validationPlot } from "./validation-plot.js";

type Measure = "auc" | "logLoss";
const MEASURES = ["auc", "logLoss"] as const;
/** Pixels of a plot on a telephone and on anything wider; the page shows one of them. */
const WIDTHS = { narrow: 320, wide: 540 } as const;

/** AUC and log-loss of every model, sorted, with intervals and seeds; in an ablation in the order of the ladder. */
export function scoreFigures(report: CompareReport, draftsman: Draftsman): string {
  return MEASURES.map((measure) => {
    const rows = report.lines.map((line) => scoreRow(line, { report, measure }));
    if (report.kind === "compare") rows.sort((a, b) => orderOf(a, b, measure));
    const name = INDICATOR_NAMES[measure];
    return bothWidths(draftsman, {
      rows,
      title: `${name} on test, ${INDICATORS[measure]} is better`,
      axis: `${name} ${INDICATORS[measure] === "higher" ? "→" : "←"} better`,
      label: `${name} of every model`,
      description: rows.map(({ name, value }) => `${name} ${decimal(value)}`).join(", "),
      focus: report.kind === "ablate" ? undefined : INDICATORS[measure] === "higher" ? "high" : "low",
    });
  }).join("\n");
}

/** Every model minus the best one, with simultaneous intervals. */
export function differenceFigures(report: CompareReport, draftsman: Draftsman): string {
  const { best, comparisons } = report;
  if (best === null) return "";
  return MEASURES.map((measure) => {
    const found = comparisons.filter(({ indicator }) => indicator === measure).flatMap((c) => against(c, best) ?? []);
    const title = `${INDICATOR_NAMES[measure]}: difference to ${best}`;
    const focus = measure === "auc" ? "high" : "low";
    return differenceFigure(found, { draftsman, measure, title, focus, tones: TONES_BESIDE_BEST });
  }).join("\n");
}

/** What each step of the ladder is worth, and what is lost where one part is taken away. */
export function ladderFigures(report: CompareReport, draftsman: Draftsman): string {
  return MEASURES.flatMap((measure) => {
    const { steps, without } = ladderOf(report, measure);
    const name = INDICATOR_NAMES[measure];
    const how = { draftsman, measure, tones: TONES_OF_STEPS };
    return [
      differenceFigure(steps, { ...how, title: `${name}: what each step changes` }),
      differenceFigure(without, { ...how, title: `${name}: what changes without one part` }),
    ];
  }).join("\n");
}

/** AUC of every model on every slice where it is defined. */
export function sliceFigures({ lines, kind }: CompareReport, draftsman: Draftsman): string {
  return slicesOf(lines)
    .filter(({ name }) => lines.some(({ slices }) => slices[name].auc.mean !== null))
    .map(({ name, rows, positives }) => {
      const placed = lines.map((line): IntervalRow => {
        const { mean, interval } = line.slices[name].auc;
        return { name: line.name, value: mean, interval, tone: "plain" };
      });
      const top = Math.max(...placed.flatMap(({ value }) => value ?? []));
      const plot = intervalPlot(draftsman, {
        rows: placed.map((row): IntervalRow => ({ ...row, tone: row.value === top ? "best" : "plain" })),
        width: WIDTHS.narrow,
        axis: "",
        label: `AUC on ${sliceName(name)}`,
        description: placed.map(({ name, value }) => `${name} ${decimal(value)}`).join(", "),
        focus: kind === "ablate" ? undefined : "high",
        rowHeight: 17,
      });
      return figure(sliceName(name), { note: `${count(rows)} rows, ${count(positives)} positive`, body: plot });
    })
    .join("\n");
}

/** Reliability of every model before and after calibration. */
export function reliabilityFigures({ lines }: CompareReport, draftsman: Draftsman): string {
  return lines
    .filter(({ reliability }) => reliability.after.length > 0)
    .map(({ name, reliability, indicators }) => {
      const label = `Reliability of ${name} before and after calibration`;
      const description = `ECE after calibration ${meanAndHalf(indicators.ece)}`;
      const body = reliabilityPlot(draftsman, { ...reliability, label, description });
      return figure(name, { note: `ECE ${decimal(indicators.ece.mean)}`, body });
    })
    .join("\n");
}

/** Log-loss on validation by step, one panel a model, beside the mean of one of them. */
export function validationFigures(report: CompareReport, draftsman: Draftsman): string {
  const { curves, reference } = validationCurves(report);
  const losses = curves.flatMap(({ points }) => points.map(({ logLoss }) => logLoss)).sort((a, b) => a - b);
  if (losses.length === 0) return "";
  const top = losses[Math.floor(0.95 * (losses.length - 1))]!;
  const means = meanBySteps(reference?.points ?? []);
  return curves
    .map(({ name, points }) => {
      const lowest = Math.min(...points.map(({ logLoss }) => logLoss));
      const last = Math.max(...points.map(({ step }) => step));
      const body = validationPlot(draftsman, {
        points,
        reference: name === reference?.name ? [] : means.filter(({ step }) => step <= last),
        domain: { step: [0, last], logLoss: [losses[0]!, top] },
        label: `Log-loss of ${name} on validation by step`,
        description: `Lowest ${decimal(lowest)}, last step ${count(last)}`,
      });
      return figure(name, { note: `lowest ${decimal(lowest)}`, body });
    })
    .join("\n");
}

function scoreRow(line: ReportLine, { report, measure }: { report: CompareReport; measure: Measure }): IntervalRow {
  const { mean, interval } = line.indicators[measure];
  const dots = line.cells.flatMap(({ indicators }) => indicators[measure] ?? []);
  const { best, comparisons, kind } = report;
  const found =
    best === null
      ? undefined
      : comparisons
          .flatMap((c) => (c.indicator === measure ? (against(c, best) ?? []) : []))
          .find(({ first }) => first === line.name);
  const beside = kind === "compare" && found ? TONES_BESIDE_BEST[found.verdict] : "plain";
  const tone = line.name === best ? "best" : beside;
  return { name: line.name, value: mean, interval, dots, tone };
}

type Tones = Record<Comparison["verdict"], Tone>;

const TONES_BESIDE_BEST: Tones = {
  better: "ahead",
  worse: "plain",
  "cannot be told apart": "alike",
  undefined: "plain",
};
const TONES_OF_STEPS: Tones = { ...TONES_BESIDE_BEST, better: "best" };

interface DifferenceOptions {
  draftsman: Draftsman;
  measure: Measure;
  title: string;
  tones: Tones;
  focus?: "high" | "low";
}

function differenceFigure(
  found: readonly Comparison[],
  { draftsman, measure, title, tones, focus }: DifferenceOptions,
): string {
  if (found.every(({ difference }) => difference === null)) return "";
  const rows = found.map(
    ({ first, difference, interval, verdict }): IntervalRow => ({
      name: first,
      value: difference,
      interval,
      tone: tones[verdict],
    }),
  );
  return bothWidths(draftsman, {
    rows,
    title,
    axis: `${INDICATORS[measure] === "higher" ? "better →" : "← better"}`,
    label: title,
    description: rows.map(({ name, value }) => `${name} ${signed(value)}`).join(", "),
    zero: true,
    focus,
    signs: true,
  });
}

function orderOf(a: IntervalRow, b: IntervalRow, measure: Measure): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  return INDICATORS[measure] === "higher" ? b.value - a.value : a.value - b.value;
}

function bothWidths(
  draftsman: Draftsman,
  { title, ...options }: Omit<IntervalPlot, "width" | "className"> & { title: string },
): string {
  const drawn = (["narrow", "wide"] as const).map((className) =>
    intervalPlot(draftsman, { ...options, className, width: WIDTHS[className] }),
  );
  return figure(title, { body: drawn.join("") });
}

function figure(title: string, { note, body }: { note?: string; body: string }): string {
  const small = note === undefined ? "" : ` <small>${escapeHtml(note)}</small>`;
  return `<figure><figcaption dir="auto">${escapeHtml(title)}${small}</figcaption>${body}</figure>`;
}

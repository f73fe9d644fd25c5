import { calibration, summary } from "../../metrics/index.js";
import { SLICE_NAMES } from "../../training/index.js";
import {
  INDICATORS,
  type Indicator,
  type Indicators,
  type ReportCell,
  type ReportLine,
  type ReportTrial,
} from "../report/report.js";
import type { CellResult, CellScores } from "./cell.js";
import type { PlannedLine } from "./plan.js";

/** A line with what became of it. */
export interface LineOutcome {
  line: PlannedLine;
  /** Options that its cells were trained with: those of the plan, and those of the chosen trial. */
  set: string[];
  trials: ReportTrial[];
  cells: { seed: number; result: CellResult; scores: CellScores | null }[];
}

/** What a report says of one line; `relaImpr` is filled in once the base is known. */
export function reportLine({ line, set, trials, cells }: LineOutcome, label: Uint8Array): ReportLine {
  const shown = cells.map(({ seed, result }) => reportCell(seed, result));
  const finished = shown.filter(({ state }) => state === "finished");
  const { name, model } = line;
  return {
    name,
    model,
    set,
    parameters: cells.find(({ result }) => result.parameters !== null)?.result.parameters ?? null,
    cells: shown,
    indicators: eachIndicator((indicator) => summary(known(finished.map(({ indicators }) => indicators[indicator])))),
    relaImpr: { auc: null, gauc: null },
    slices: slicesOf(cells),
    reliability: reliabilityOf(cells, label),
    trials,
  };
}

export function eachIndicator<Value>(of: (indicator: Indicator) => Value): Indicators<Value> {
  return Object.fromEntries(Object.keys(INDICATORS).map((name) => [name, of(name as Indicator)])) as Indicators<Value>;
}

function reportCell(seed: number, { state, error, evaluation, validations, stopped, steps }: CellResult): ReportCell {
  const { metrics, ranking, calibration: map } = evaluation ?? {};
  return {
    seed,
    state,
    error,
    indicators: {
      auc: metrics?.auc ?? null,
      gauc: metrics?.gauc ?? null,
      logLoss: metrics?.logLoss ?? null,
      prAuc: metrics?.prAuc ?? null,
      accuracy: metrics?.accuracy ?? null,
      ece: metrics?.ece ?? null,
      hitRate10: ranking?.hitRate10 ?? null,
      ndcg10: ranking?.ndcg10 ?? null,
      mrr: ranking?.mrr ?? null,
      coverage10: ranking?.coverage10 ?? null,
    },
    uncalibrated: { ece: map?.before?.ece ?? null, logLoss: map?.before?.logLoss ?? null },
    calibration: map?.kind ?? "none",
    validations,
    stopped,
    steps,
  };
}

function slicesOf(cells: LineOutcome["cells"]): ReportLine["slices"] {
  const found = cells.flatMap(({ result }) => (result.evaluation ? [result.evaluation.slices] : []));
  const slices: Partial<ReportLine["slices"]> = {};
  for (const name of SLICE_NAMES) {
    const each = found.map((evaluation) => evaluation[name]);
    const over = (metric: "auc" | "gauc" | "logLoss") => summary(known(each.map(({ metrics }) => metrics[metric])));
    slices[name] = {
      rows: each[0]?.rows ?? 0,
      positives: each[0]?.positives ?? 0,
      auc: over("auc"),
      gauc: over("gauc"),
      logLoss: over("logLoss"),
    };
  }
  return slices as ReportLine["slices"];
}

/** Reliability over the rows of all seeds, one after the other. */
function reliabilityOf(cells: LineOutcome["cells"], label: Uint8Array): ReportLine["reliability"] {
  const found = cells.flatMap(({ scores }) => (scores ? [scores] : []));
  const bins = (of: (scores: CellScores) => Float32Array | null) => {
    const each = found.flatMap((scores) => of(scores) ?? []);
    const logits = new Float32Array(each.length * label.length);
    const labels = new Uint8Array(logits.length);
    each.forEach((own, i) => {
      logits.set(own, i * label.length);
      labels.set(label, i * label.length);
    });
    return calibration(logits, labels).bins;
  };
  return { before: bins(({ rawLogits }) => rawLogits), after: bins(({ logits }) => logits) };
}

const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value): value is number => value !== null);

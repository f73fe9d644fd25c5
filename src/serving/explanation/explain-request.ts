import type { Explanation } from "../../api/contract.js";
import type { HistoryStep } from "../../contract.js";
import type { BatchSourceColumns } from "../../data/batch.js";
import { type StatisticSchema, UNKNOWN_INDEX } from "../../data/columns.js";
import type { Explainer, ExplainOptions, RequestExplanation } from "./explainer.js";
import { reasonOf, type SummaryFacts, summarise } from "./summary.js";

/** Why one candidate got its logit, in words. */
export interface ExplainedCandidate {
  logit: number;
  explanation: Explanation;
  /** The summary in short: "because of Heat, which you liked". */
  reason: string;
}

/** What an explanation names things by. */
export interface ExplainNames {
  /** The steps that the columns were made of, in their order (`earlierSteps`). */
  steps: readonly HistoryStep[];
  /** Title of an item by its index in the catalogue; null where it has none. */
  titleOf(item: number): string | null;
}

/** Explains every candidate of a request, in its order. `columns` are those of `requestColumns`. */
export async function explainRequest(
  explainer: Explainer,
  columns: BatchSourceColumns,
  { steps, titleOf, ...options }: ExplainNames & ExplainOptions,
): Promise<ExplainedCandidate[]> {
  const found = await explainer.explain(columns, options);
  return found.rows.map((_, row) => describeRow(found, row, { columns, steps, titleOf }));
}

function describeRow(
  { steps: events, readsHistory, heads, modalities, rows }: RequestExplanation,
  row: number,
  { columns, steps, titleOf }: ExplainNames & { columns: BatchSourceColumns },
): ExplainedCandidate {
  const { logit, weights, changes, contributions, gates, nearest, historyChange, statisticsChange } = rows[row]!;
  const named = events.map((event) => {
    const item = columns.events.item[event]!;
    const { item: id, time = null, label = null } = steps[event]!;
    return { item: id, title: item === UNKNOWN_INDEX ? null : titleOf(item), time, label };
  });
  const history = readsHistory
    ? named.map((step, t) => ({
        ...step,
        weights: weights[t]!,
        change: changes[t]!,
        contribution: contributions[t]!,
      }))
    : [];
  const shares = gates && Object.fromEntries(modalities.map((name, m) => [name, gates[m]!]));
  const item = columns.rows.item[row]!;
  const facts: SummaryFacts = {
    steps: readsHistory
      ? history.map(({ item, title, label, contribution }) => ({ item, name: title ?? item, label, contribution }))
      : null,
    given: steps.length,
    historyChange,
    label: columns.catalogue.label,
    statistics: { texts: statisticTexts(columns, row), change: statisticsChange },
    gates: shares,
    known: item !== UNKNOWN_INDEX,
  };
  const explanation: Explanation = {
    history,
    heads: [...heads],
    gates: shares,
    nearest: Object.fromEntries(
      nearest.map(({ modality, step, cosine }) => {
        const { item, title } = named[step]!;
        return [modality, { item, title, cosine }];
      }),
    ),
    historyChange,
    summary: summarise(facts),
  };
  return { logit, explanation, reason: reasonOf(facts) };
}

/** What the statistics of a candidate say, in words: "1,204 events", "58 % positive", "mean rating +0.31". */
function statisticTexts({ catalogue, rows }: BatchSourceColumns, row: number): string[] {
  const { item: schemas } = catalogue.statistics;
  return schemas.map((schema, s) => statisticText(schema, rows.itemStatistics[row * schemas.length + s]!));
}

function statisticText({ kind, column }: StatisticSchema, value: number): string {
  if (kind === "count") {
    const count = Math.round(Math.expm1(value));
    return `${count.toLocaleString("en-US")} ${count === 1 ? "event" : "events"}`;
  }
  if (kind === "rate") return `${Math.round(100 / (1 + Math.exp(-value)))} % positive`;
  return `mean ${column} ${value < 0 ? "" : "+"}${value.toFixed(2)}`;
}

import type { Explanation, StepExplanation } from "../api/contract.js";
import type { ExplainedItem } from "../serving/index.js";
import { count } from "./format.js";
import { oneLine } from "./one-line.js";
import { type Cell, renderTable, type TableOptions } from "./table.js";

/** Steps in the table; what the others did stands below as one line. */
const MOST_STEPS = 12;
/** Letters of a title in the table, and of an id. */
const TITLE = 26;
const ID = 12;

/**
 * One candidate's explanation for a terminal: the sentence, the steps that did most, the rest of them and their sum, gates and nearest.
 *
 * Weights are shares of the head's |weight| over all steps, in percent, so that heads of any kind compare.
 */
export function renderExplanation(
  { item, title, probability, logit, explanation }: ExplainedItem,
  options: TableOptions = {},
): string {
  const { history, gates, nearest, summary } = explanation;
  const name = title === null ? item : `${item}, ${short(title, 48)}`;
  const parts = [
    `${wrapped(`${name}: probability ${probability.toFixed(4)}, logit ${logit.toFixed(4)}`, options)}\n${wrapped(summary, options)}`,
  ];
  if (history.length > 0) parts.push(renderSteps(explanation, options));
  if (gates !== null) {
    const largest = Object.entries(gates).sort(([, a], [, b]) => b - a);
    const shares = largest.map(([name, gate]) => `${name} ${share(gate)} %`).join(", ");
    parts.push(wrapped(`modalities of the item, by gate: ${shares}`, options));
  }
  const near = Object.entries(nearest).map(
    ([modality, { item, title, cosine }]) =>
      `nearest by ${modality}: ${short(title ?? item, 48)}, cosine ${cosine.toFixed(3)}`,
  );
  if (near.length > 0) parts.push(near.join("\n"));
  return parts.join("\n\n");
}

function renderSteps({ history, heads, historyChange }: Explanation, options: TableOptions): string {
  const largest = [...history].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  // One more line says no more than the step itself.
  const shown = largest.slice(0, history.length === MOST_STEPS + 1 ? history.length : MOST_STEPS);
  const others = largest.slice(shown.length);
  const sums = heads.map((_, h) => history.reduce((sum, { weights }) => sum + Math.abs(weights[h]!), 0));
  const looks = (steps: readonly StepExplanation[]): Cell[] =>
    heads.map((_, h) => {
      const own = steps.reduce((sum, { weights }) => sum + Math.abs(weights[h]!), 0);
      return sums[h]! > 0 ? share(own / sums[h]!) : null;
    });
  const contribution = (steps: readonly StepExplanation[]): string =>
    signed(steps.reduce((sum, step) => sum + step.contribution, 0));
  const titled = history.some(({ title }) => title !== null);
  const labelled = history.some(({ label }) => label !== null);
  const row = (
    name: string,
    cells: { title?: string | undefined; liked?: string | undefined; change?: string | undefined },
    steps: readonly StepExplanation[],
  ): Cell[] => [
    name,
    ...(titled ? [cells.title ?? ""] : []),
    ...(labelled ? [cells.liked ?? ""] : []),
    cells.change ?? "",
    contribution(steps),
    ...looks(steps),
  ];
  const rows = shown.map((step) => {
    const liked = step.label === null ? undefined : step.label === 1 ? "yes" : "no";
    const title = step.title === null ? undefined : short(step.title, TITLE);
    return row(short(step.item, ID), { title, liked, change: signed(step.change) }, [step]);
  });
  if (others.length > 0) rows.push(row(`${others.length} others`, {}, others));
  rows.push(row("all", { change: signed(historyChange) }, history));
  const names = ["step", ...(titled ? ["title"] : []), ...(labelled ? ["liked"] : []), "change", "contributes"];
  const plural = history.length === 1 ? "step" : "steps";
  const read = `what the ${count(history.length)} ${plural} of the history did to the logit`;
  const looked = "how much each head looked at them, % of its attention";
  const whole = renderTable([...names, ...heads], rows, options);
  if (heads.length === 0) return `${read}\n${whole}`;
  // A table that is too wide goes on below: then what was done stands above, and who looked below.
  if (!whole.includes("\n\n")) return `${read}, and ${looked}\n${whole}`;
  const effects = renderTable(
    names,
    rows.map((row) => row.slice(0, names.length)),
    options,
  );
  const attention = renderTable(
    ["step", ...heads],
    rows.map(([step = null, ...cells]) => [step, ...cells.slice(names.length - 1)]),
    options,
  );
  return `${read}\n${effects}\n\n${looked}\n${attention}`;
}

/** Breaks a text into lines of at most so many letters, between words. */
function wrapped(text: string, { terminal = process.stdout.isTTY === true, width }: TableOptions): string {
  const most = width ?? (terminal ? process.stdout.columns || Number.POSITIVE_INFINITY : Number.POSITIVE_INFINITY);
  const lines: string[] = [];
  for (const word of oneLine(text).split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

const share = (part: number): string => (100 * part).toFixed(0);
const signed = (value: number): string => (value < 0 ? value.toFixed(3) : `+${value.toFixed(3)}`);

function short(text: string, longest: number): string {
  const letters = [...oneLine(text)];
  return letters.length > longest
    ? `${letters
        .slice(0, longest - 1)
        .join("")
        .trimEnd()}…`
    : letters.join("");
}

import type { Metrics } from "../metrics/index.js";
import type { Evaluation } from "../training/index.js";
import { count, decimal } from "./format.js";
import { type Cell, renderTable } from "./table.js";

/** What `mmdin evaluate` prints: the indicators as columns, all rows first, then one line for each slice. */
export function renderEvaluation(evaluation: Evaluation): string {
  const { model, split, rows, metrics, gaucDetail, slices, coldStart, ranking } = evaluation;
  const { weighting, groups, skipped } = gaucDetail;
  const titles = [split, "rows", "positives", "AUC", "gAUC", "log-loss", "PR-AUC", "accuracy", "ECE"];
  const positives = slices.coldItems.positives + slices.warmItems.positives;
  const table = renderTable(titles, [
    ["all rows", rows, positives, ...cells(metrics)],
    ...Object.entries(slices).map(([name, slice]) => [
      sliceName(name),
      slice.rows,
      slice.positives,
      ...cells(slice.metrics),
    ]),
  ]);
  const lines = [
    model,
    table,
    "cold items have no event in training; a short history has 1 to 9 events, a long one 10 and more",
    `gAUC: ${count(groups)} users weighted by ${weighting}; ${count(skipped)} with labels of one kind are skipped`,
  ];
  if (coldStart.model !== null) lines.push(coldLine(coldStart));
  if (ranking !== undefined) {
    const { users, negatives, hitRate10, ndcg10, mrr } = ranking;
    const found = `HR@10 ${decimal(hitRate10)}, NDCG@10 ${decimal(ndcg10)}, MRR ${decimal(mrr)}`;
    lines.push(`among ${count(negatives)} fixed negatives, ${count(users)} users: ${found}`);
  }
  return lines.join("\n");
}

function coldLine({ model, popularity, chance }: Evaluation["coldStart"]): string {
  const others = popularity === null ? [] : [`by their number of events so far ${decimal(popularity)}`];
  return [`cold items: AUC of the model ${decimal(model)}`, ...others, `by chance ${decimal(chance)}`].join(", ");
}

function cells({ auc, gauc, logLoss, prAuc, accuracy, ece }: Metrics): Cell[] {
  return [auc, gauc, logLoss, prAuc, accuracy, ece];
}

/** "coldItems" -> "cold items" */
function sliceName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

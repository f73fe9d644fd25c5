import { sliceName } from "../experiments/report/report-text.js";
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
    ...Object.entries(slices)
      .filter(([, { rows }]) => rows > 0)
      .map(([name, slice]) => [sliceName(name), slice.rows, slice.positives, ...cells(slice.metrics)]),
  ]);
  const lines = [
    model,
    table,
    "cold items and new users have no event in training; a short history, a rare item and a light user have 1 to 9,",
    "a common item and a regular user 10 to 99, a popular item and a heavy user 100 and more",
    `gAUC: ${count(groups)} users weighted by ${weighting}; ${count(skipped)} with labels of one kind are skipped`,
  ];
  lines.push(calibrationLine(evaluation.calibration));
  if (coldStart.model !== null) lines.push(coldLine(coldStart));
  if (ranking !== undefined) {
    const { users, negatives, hitRate10, ndcg10, mrr, coverage10 } = ranking;
    const found = `HR@10 ${decimal(hitRate10)}, NDCG@10 ${decimal(ndcg10)}, MRR ${decimal(mrr)}, coverage@10 ${decimal(coverage10)}`;
    lines.push(`among ${count(negatives)} fixed negatives, ${count(users)} users: ${found}`);
  }
  return lines.join("\n");
}

function calibrationLine({ kind, shift, before, after }: Evaluation["calibration"]): string {
  const change = (name: "ece" | "logLoss"): string =>
    before === null ? decimal(after[name]) : `${decimal(before[name])} -> ${decimal(after[name])}`;
  const kept = shift === 0 ? [] : [`logits moved by ${decimal(shift)} for the negatives that training left out`];
  return [`calibration: ${kind}`, ...kept, `ECE ${change("ece")}`, `log-loss ${change("logLoss")}`].join(", ");
}

function coldLine({ model, popularity, chance }: Evaluation["coldStart"]): string {
  const others = popularity === null ? [] : [`by their number of events so far ${decimal(popularity)}`];
  return [`cold items: AUC of the model ${decimal(model)}`, ...others, `by chance ${decimal(chance)}`].join(", ");
}

function cells({ auc, gauc, logLoss, prAuc, accuracy, ece }: Metrics): Cell[] {
  return [auc, gauc, logLoss, prAuc, accuracy, ece];
}

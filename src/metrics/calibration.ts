import { checkLengths, type Scores, type SortedOption } from "./order.js";
import { sortLabelled } from "./sort-labelled.js";

/** One line of a reliability table: rows of neighbouring predictions. */
export interface CalibrationBin {
  rows: number;
  /** Mean predicted probability of the bin's rows. */
  probability: number;
  /** Share of positives among them; rows of equal score share their positives evenly. */
  rate: number;
  /** Predicted probability of the first and the last row of the bin. */
  lowest: number;
  highest: number;
}

export interface Calibration {
  /** Expected calibration error; null without rows. */
  ece: number | null;
  bins: CalibrationBin[];
}

/**
 * Expected calibration error over bins of equal mass, with the bins for a reliability table.
 *
 * ECE = sum_b rows_b / B |mean probability_b - rate_b|, bin b = sorted rows floor(b B / bins) to floor((b + 1) B / bins)
 *
 * Equal mass, because with equal widths nearly all rows of a click log fall in the first bin. Rows of equal score that
 * a border cuts share their positives evenly, so the order of the file does not matter. Empty bins are left out.
 *
 * @param logits [B]
 * @param labels [B], 1 or 0
 * @param options.bins default 15
 * @throws MmdinError DATA on a NaN logit, SHAPE on columns of different lengths.
 * Source: Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language processing models",
 * 2015, https://arxiv.org/abs/1508.05154 (bins of equal mass); Guo et al., "On Calibration of Modern Neural Networks",
 * 2017, https://arxiv.org/abs/1706.04599 (ECE, 15 bins).
 */
export function calibration(
  logits: Scores,
  labels: Uint8Array,
  { bins = 15, sorted = false }: SortedOption & { bins?: number } = {},
): Calibration {
  checkLengths("calibration", { logits, labels });
  const n = logits.length;
  if (n === 0) return { ece: null, bins: [] };
  const rows = sortLabelled(logits, labels, { sorted });
  const table: CalibrationBin[] = [];
  let error = 0;
  let end = 0; // of the rows of equal score that hold the current row
  let tiedRate = 0;
  let probability = 0;
  let at = 0;
  for (let bin = 0; bin < bins; bin++) {
    const start = at;
    const limit = Math.floor(((bin + 1) * n) / bins);
    if (limit === start) continue;
    let probabilities = 0;
    let positives = 0;
    while (at < limit) {
      if (at === end) {
        const logit = rows.scores[at]!;
        let tiedPositives = 0;
        for (; end < n && rows.scores[end] === logit; end++) tiedPositives += rows.labels[end]!;
        tiedRate = tiedPositives / (end - at);
        probability = sigmoid(logit);
      }
      const take = Math.min(end, limit) - at;
      probabilities += take * probability;
      positives += take * tiedRate;
      at += take;
    }
    const size = limit - start;
    error += Math.abs(probabilities - positives);
    table.push({
      rows: size,
      probability: probabilities / size,
      rate: positives / size,
      lowest: sigmoid(rows.scores[start]!),
      highest: sigmoid(rows.scores[limit - 1]!),
    });
  }
  return { ece: error / n, bins: table };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

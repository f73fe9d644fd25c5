import type { AdamOptions } from "./adam.js";
import { checkRowStep, type RowDecayOptions, type RowOptimizer, rowDecay } from "./optimizer.js";

export type SparseAdamOptions = AdamOptions & RowDecayOptions;

/**
 * Lazy Adam for the touched rows of a table.
 *
 * for each touched row j: w_j <- w_j (1 - eta (weightDecay + l2 / n_j)), then
 * m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2
 * w_j <- w_j - eta sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)
 *
 * Without decay equal to torch.optim.SparseAdam to 1e-6: t counts the updates of the table, not of the row; the moments
 * of a row that is not touched do not fade; epsilon stands outside the bias correction (in {@link adam} it is inside).
 * State: `m` and `v`, [rows * D] each, allocated once.
 *
 * The decays are decoupled: DIN states its regulariser for SGD, and inside Adam's moments it would be scaled away.
 * Source: as {@link adam}; PyTorch documentation of torch.optim.SparseAdam.
 */
export function sparseAdam({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
  l2 = 0,
}: SparseAdamOptions = {}): RowOptimizer<"m" | "v"> {
  const decay = { weightDecay, l2 };
  return {
    init: (size) => ({ step: 0, slots: { m: new Float32Array(size), v: new Float32Array(size) } }),
    update(state, step) {
      const { table, dimension, rows, count, gradient, learningRate } = step;
      const { m, v } = state.slots;
      checkRowStep("sparseAdam", step, { size: m.length, l2 });
      const t = ++state.step;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      const gain1 = 1 - beta1;
      const gain2 = 1 - beta2;
      for (let i = 0, from = 0; i < count; i++) {
        const row = rows[i]!;
        const keep = rowDecay(row, step, decay);
        const end = (row + 1) * dimension;
        for (let at = row * dimension; at < end; at++, from++) {
          const g = gradient[from]!;
          const mi = beta1 * m[at]! + gain1 * g;
          const vi = beta2 * v[at]! + gain2 * g * g;
          m[at] = mi;
          v[at] = vi;
          table[at] = keep * table[at]! - (rate * mi) / (Math.sqrt(vi) + epsilon);
        }
      }
    },
  };
}

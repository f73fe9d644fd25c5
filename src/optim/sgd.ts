import {
  checkDenseStep,
  checkRowStep,
  type DecayOptions,
  type Optimizer,
  type RowDecayOptions,
  type RowOptimizer,
  rowDecay,
} from "./optimizer.js";

export interface SgdOptions extends DecayOptions {
  /** Default 0. */
  momentum?: number;
}

/**
 * Gradient descent with momentum, for dense parameters.
 *
 * w <- w (1 - eta weightDecay),  velocity <- momentum velocity + g,  w <- w - eta velocity
 *
 * Equal to torch.optim.SGD to 1e-6, without momentum its weight decay too. State: `velocity` [size]; empty without
 * momentum.
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer<"velocity"> {
  return {
    init: (size) => ({ step: 0, slots: { velocity: new Float32Array(momentum === 0 ? 0 : size) } }),
    update(state, step) {
      const { parameter, gradient, learningRate } = step;
      const { velocity } = state.slots;
      checkDenseStep("sgd", step, { size: momentum === 0 ? parameter.length : velocity.length });
      state.step++;
      const keep = 1 - learningRate * weightDecay;
      if (momentum === 0) {
        for (let i = 0; i < parameter.length; i++) parameter[i] = keep * parameter[i]! - learningRate * gradient[i]!;
        return;
      }
      for (let i = 0; i < parameter.length; i++) {
        const change = momentum * velocity[i]! + gradient[i]!;
        velocity[i] = change;
        parameter[i] = keep * parameter[i]! - learningRate * change;
      }
    },
  };
}

/**
 * Gradient descent for the touched rows of a table, with DIN's regulariser in the form its paper gives.
 *
 * w_j <- w_j - eta (g_j + (weightDecay + l2 / n_j) w_j)
 *
 * Source: Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", 2018, section 5.1,
 * https://arxiv.org/abs/1706.06978.
 */
export function sparseSgd({ weightDecay = 0, l2 = 0 }: RowDecayOptions = {}): RowOptimizer<never> {
  const decay = { weightDecay, l2 };
  return {
    init: () => ({ step: 0, slots: {} }),
    update(state, step) {
      const { table, dimension, rows, count, gradient, learningRate } = step;
      checkRowStep("sparseSgd", step, { size: table.length, l2 });
      state.step++;
      for (let i = 0, from = 0; i < count; i++) {
        const row = rows[i]!;
        const keep = rowDecay(row, step, decay);
        const end = (row + 1) * dimension;
        for (let at = row * dimension; at < end; at++, from++) {
          table[at] = keep * table[at]! - learningRate * gradient[from]!;
        }
      }
    },
  };
}

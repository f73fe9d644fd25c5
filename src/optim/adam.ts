import { checkDenseStep, type DecayOptions, type Optimizer } from "./optimizer.js";

export interface AdamOptions extends DecayOptions {
  /** Default .9. */
  beta1?: number;
  /** Default .999. */
  beta2?: number;
  /** Default 1e-8. */
  epsilon?: number;
}

/**
 * Adam, and AdamW where `weightDecay` is above 0, for dense parameters.
 *
 * w <- w (1 - eta weightDecay)
 * m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2
 * w <- w - eta m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * Equal to torch.optim.Adam and torch.optim.AdamW to 1e-6. State: `m` and `v`, [size] each.
 *
 * @example
 * const optimizer = adam({ weightDecay: 0.01 });
 * const state = optimizer.init(parameter.length);
 * optimizer.update(state, { parameter, gradient, learningRate: 1e-3 });
 * Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, https://arxiv.org/abs/1412.6980;
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, https://arxiv.org/abs/1711.05101.
 */
export function adam({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamOptions = {}): Optimizer<"m" | "v"> {
  return {
    init: (size) => ({ step: 0, slots: { m: new Float32Array(size), v: new Float32Array(size) } }),
    update(state, step) {
      const { parameter, gradient, learningRate } = step;
      const { m, v } = state.slots;
      checkDenseStep("adam", step, { size: m.length });
      const t = ++state.step;
      const rate = learningRate / (1 - beta1 ** t);
      const scale = 1 / Math.sqrt(1 - beta2 ** t);
      const keep = 1 - learningRate * weightDecay;
      const gain1 = 1 - beta1;
      const gain2 = 1 - beta2;
      for (let i = 0; i < parameter.length; i++) {
        const g = gradient[i]!;
        const mi = beta1 * m[i]! + gain1 * g;
        const vi = beta2 * v[i]! + gain2 * g * g;
        m[i] = mi;
        v[i] = vi;
        parameter[i] = keep * parameter[i]! - (rate * mi) / (Math.sqrt(vi) * scale + epsilon);
      }
    },
  };
}

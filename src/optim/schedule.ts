/** The learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

/** The same learning rate at every step. */
export function constant(learningRate: number): Schedule {
  return () => learningRate;
}

/**
 * Half a cosine from the learning rate down to `minimum` at step `steps`, and `minimum` from there on.
 *
 * eta(t) = minimum + (learningRate - minimum) (1 + cos(pi t / steps)) / 2
 *
 * Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
 * https://arxiv.org/abs/1608.03983 (without restarts).
 */
export function cosine(learningRate: number, { steps, minimum = 0 }: { steps: number; minimum?: number }): Schedule {
  return (step) => minimum + ((learningRate - minimum) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/**
 * A linear rise over the first steps, then the schedule as it is: eta(t) = schedule(t) min(1, (t + 1) / steps).
 * The first step already moves (1 / steps of the rate), and step `steps - 1` has the whole rate.
 */
export function warmup(schedule: Schedule, { steps }: { steps: number }): Schedule {
  return (step) => (step + 1 < steps ? (schedule(step) * (step + 1)) / steps : schedule(step));
}

export interface PlateauOptions {
  /** The learning rate is multiplied by it at a plateau. Default .1. */
  factor?: number;
  /** Validations without improvement that are borne; the next one lowers the rate. Default 1. */
  patience?: number;
  /** The rate is never below it. Default 1e-6. */
  minimum?: number;
  /** Improvement that counts, as a share of the best value. Default 1e-4. */
  threshold?: number;
  /** "min" for a loss (default), "max" for an AUC. */
  mode?: "min" | "max";
}

/** Where a plateau schedule stands: plain data, so that a checkpoint can hold it. */
export interface PlateauState {
  learningRate: number;
  /** Best value so far; null before the first one. */
  best: number | null;
  /** Validations without improvement since the best, or since the last reduction. */
  bad: number;
  reductions: number;
}

export interface Plateau {
  init(learningRate: number): PlateauState;
  /** The state after a validation; the old one is left as it is. A NaN is no improvement. */
  update(state: PlateauState, value: number): PlateauState;
}

/**
 * Lowers the learning rate when validation no longer improves. The schedule of torch's ReduceLROnPlateau with a relative
 * threshold and no cooldown; with a positive value, an improvement is value < best (1 - threshold) ("max": value > best (1 + threshold)).
 *
 * @example
 * const schedule = plateau({ patience: 1 });
 * let state = schedule.init(1e-3);
 * state = schedule.update(state, validationLoss); // state.learningRate is the rate from here on
 */
export function plateau({
  factor = 0.1,
  patience = 1,
  minimum = 1e-6,
  threshold = 1e-4,
  mode = "min",
}: PlateauOptions = {}): Plateau {
  const improves = (value: number, best: number): boolean =>
    mode === "min" ? value < best * (1 - threshold) : value > best * (1 + threshold);
  return {
    init: (learningRate) => ({ learningRate, best: null, bad: 0, reductions: 0 }),
    update(state, value) {
      if (!Number.isNaN(value) && (state.best === null || improves(value, state.best))) {
        return { ...state, best: value, bad: 0 };
      }
      if (state.bad < patience) return { ...state, bad: state.bad + 1 };
      const learningRate = Math.max(state.learningRate * factor, Math.min(minimum, state.learningRate));
      const reduced = learningRate < state.learningRate;
      return { ...state, learningRate, bad: 0, reductions: state.reductions + (reduced ? 1 : 0) };
    },
  };
}

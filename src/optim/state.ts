import { MmdinError } from "../errors.js";
import type { OptimizerState } from "./optimizer.js";

/** Optimizer states of all parameters, ready for a file: arrays by name, and step counts. */
export interface SavedStates {
  /** "parameter/slot" -> its array (not a copy). */
  arrays: Map<string, Float32Array>;
  /** parameter -> updates so far. */
  steps: Record<string, number>;
}

/** The states by parameter name, flattened for a checkpoint. */
export function saveStates(states: ReadonlyMap<string, OptimizerState>): SavedStates {
  const arrays = new Map<string, Float32Array>();
  const steps: Record<string, number> = {};
  for (const [parameter, state] of states) {
    steps[parameter] = state.step;
    for (const [slot, array] of Object.entries(state.slots)) arrays.set(`${parameter}/${slot}`, array);
  }
  return { arrays, steps };
}

/**
 * Copies saved states into freshly initialised ones, so that training goes on as if it had not stopped.
 *
 * @throws MmdinError MISMATCH where a parameter or slot is missing or of another size; nothing is copied then.
 */
export function restoreStates(states: ReadonlyMap<string, OptimizerState>, { arrays, steps }: SavedStates): void {
  const copies: { from: Float32Array; to: Float32Array }[] = [];
  for (const [parameter, state] of states) {
    if (steps[parameter] === undefined) throw mismatch(parameter, "a step count", "none");
    for (const [slot, to] of Object.entries(state.slots)) {
      const from = arrays.get(`${parameter}/${slot}`);
      if (from?.length !== to.length) {
        throw mismatch(`${parameter}/${slot}`, `${to.length} numbers`, from ? `${from.length}` : "none");
      }
      copies.push({ from, to });
    }
  }
  for (const { from, to } of copies) to.set(from);
  for (const [parameter, state] of states) state.step = steps[parameter] ?? 0;
}

function mismatch(where: string, expected: string, got: string): MmdinError {
  const fix = "Resume with the options of the run, or start anew.";
  return new MmdinError("MISMATCH", "the saved optimizer state does not fit", { where, expected, got, fix });
}

import { MmdinError } from "../errors.js";

/** History steps of rows, end to end: those of row r are [offsets[r], offsets[r + 1]). */
export interface AttentionRows {
  /** [rows + 1] */
  offsets: Int32Array;
  /** [rows] The interest that is active at the row. */
  rowInterest: ArrayLike<number>;
  /** [steps] The interest that was active when the step happened. */
  stepInterest: ArrayLike<number>;
  /** [steps] Age of the step at the row, in seconds. */
  age: ArrayLike<number>;
  /** [steps, attention heads] Weights of the steps; only their magnitude counts. */
  attention: ArrayLike<number>;
  /** Number of attention heads. Default 1. */
  heads?: number | undefined;
}

export interface AttentionShares {
  /** Rows counted: those whose history holds at least two interests. */
  rows: number;
  /** Mean attention mass on steps of the row's active interest; null without rows. */
  mass: number | null;
  /** The same, had each step any weight of the row's steps of its age. */
  atEqualAge: number | null;
  /** mass - atEqualAge, and its standard error over rows (rows of a person are taken as independent); the error is null for one row. */
  gain: number | null;
  gainError: number | null;
}

/**
 * Bounds of the bins of age grow by this factor. In a world, weights that depend on age alone (1 / (1 + days)) then gain
 * .0002 over equal age; with a factor of 2 they would gain .002.
 */
const AGE_FACTOR = 1.25;

/**
 * How much of the attention lies on history of the interest that is active, and how much would if only age counted.
 *
 *     mass of a step = |a_t| / sum over the history of |a|, mean over attention heads
 *
 * `atEqualAge` is the exact mean over all permutations of a row's steps within bins of age, powers of 1.25 of 1 + age in
 * seconds: in each bin, its mass times the share of its steps that are of the active interest. An attention head that gives
 * a row no weight at all is spread evenly over its steps.
 *
 * @throws MmdinError SHAPE where the lengths do not agree.
 */
export function attentionShares(input: AttentionRows): AttentionShares {
  const { offsets, rowInterest, stepInterest, age, attention, heads = 1 } = input;
  checkLengths(input, heads);
  let rows = 0;
  let mass = 0;
  let atEqualAge = 0;
  let squaredGain = 0;
  for (let r = 0; r < offsets.length - 1; r++) {
    const [start, end] = [offsets[r]!, offsets[r + 1]!];
    if (!holdsTwo(stepInterest, start, end)) continue;
    rows++;
    const bins = new Map<number, { mass: number; steps: number; same: number }>();
    let rowMass = 0;
    let rowAtEqualAge = 0;
    const masses = stepMasses(attention, { start, end, heads });
    for (let step = start; step < end; step++) {
      const key = Math.floor(Math.log(1 + age[step]!) / Math.log(AGE_FACTOR));
      const bin = bins.get(key) ?? { mass: 0, steps: 0, same: 0 };
      bins.set(key, bin);
      bin.mass += masses[step - start]!;
      bin.steps++;
      if (stepInterest[step] !== rowInterest[r]) continue;
      bin.same++;
      rowMass += masses[step - start]!;
    }
    for (const bin of bins.values()) rowAtEqualAge += (bin.mass * bin.same) / bin.steps;
    mass += rowMass;
    atEqualAge += rowAtEqualAge;
    squaredGain += (rowMass - rowAtEqualAge) ** 2;
  }
  if (rows === 0) return { rows, mass: null, atEqualAge: null, gain: null, gainError: null };
  const gain = (mass - atEqualAge) / rows;
  const variance = Math.max(0, squaredGain / rows - gain * gain);
  const gainError = rows < 2 ? null : Math.sqrt(variance / (rows - 1));
  return { rows, mass: mass / rows, atEqualAge: atEqualAge / rows, gain, gainError };
}

function holdsTwo(interest: ArrayLike<number>, start: number, end: number): boolean {
  for (let step = start + 1; step < end; step++) if (interest[step] !== interest[start]) return true;
  return false;
}

/** Mass of each step of one row; they sum to 1. */
function stepMasses(
  attention: ArrayLike<number>,
  { start, end, heads }: { start: number; end: number; heads: number },
): Float64Array {
  const masses = new Float64Array(end - start);
  for (let h = 0; h < heads; h++) {
    let sum = 0;
    for (let step = start; step < end; step++) sum += Math.abs(attention[step * heads + h]!);
    for (let step = start; step < end; step++) {
      const share = sum === 0 ? 1 / (end - start) : Math.abs(attention[step * heads + h]!) / sum;
      masses[step - start]! += share / heads;
    }
  }
  return masses;
}

function checkLengths({ offsets, rowInterest, stepInterest, age, attention }: AttentionRows, heads: number): void {
  const steps = offsets.at(-1) ?? 0;
  const lengths = [
    ["rowInterest", rowInterest.length, Math.max(offsets.length - 1, 0)],
    ["stepInterest", stepInterest.length, steps],
    ["age", age.length, steps],
    ["attention", attention.length, steps * heads],
  ] as const;
  for (const [name, got, expected] of lengths) {
    if (got === expected) continue;
    throw new MmdinError("SHAPE", "a column of another length", {
      where: `attentionShares: ${name}`,
      expected: String(expected),
      got: String(got),
    });
  }
}

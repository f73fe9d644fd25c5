import { MmdinError } from "../errors.js";

/** What an optimizer keeps of one parameter: plain arrays by name and a step count, so that a checkpoint can hold it. */
export interface OptimizerState<Slot extends string = string> {
  /** Updates so far. */
  step: number;
  slots: Record<Slot, Float32Array>;
}

/** One update of a dense parameter. */
export interface DenseStep {
  /** [size], changed in place. */
  parameter: Float32Array;
  /** [size] */
  gradient: Float32Array;
  learningRate: number;
}

/** One update of some rows of a table; all other rows, and their state, stay as they are. */
export interface RowStep {
  /** [rows of the table * dimension], changed in place. */
  table: Float32Array;
  /** D */
  dimension: number;
  /** The first `count` are the touched rows, each once. */
  rows: Int32Array;
  count: number;
  /** The first count * D are the gradients of those rows, summed over the batch; what follows is not read. */
  gradient: Float32Array;
  learningRate: number;
  /** n_j [rows of the table], training rows that hold row j; needed where the optimizer has an `l2`. */
  occurrences?: Int32Array | Float32Array;
}

/** A pure pair: `init` allocates once, `update` changes parameter and state in place and allocates nothing. */
export interface Optimizer<Slot extends string = string> {
  init(size: number): OptimizerState<Slot>;
  /** @throws MmdinError SHAPE where parameter, gradient and state differ in size. */
  update(state: OptimizerState<Slot>, step: DenseStep): void;
}

/** As {@link Optimizer}, for tables of which a batch touches few rows: O(touched rows), never O(table). */
export interface RowOptimizer<Slot extends string = string> {
  /** @param size numbers in the table, rows * D */
  init(size: number): OptimizerState<Slot>;
  /** @throws MmdinError SHAPE on sizes that do not fit or a row outside the table, CONFIG on an `l2` without occurrences. */
  update(state: OptimizerState<Slot>, step: RowStep): void;
}

export interface DecayOptions {
  /** Decoupled weight decay: w is multiplied by 1 - learningRate * weightDecay before the step. Default 0. */
  weightDecay?: number;
}

export interface RowDecayOptions extends DecayOptions {
  /**
   * Mini-batch-aware L2 (lambda): touched rows only, w_j -= learningRate * l2 / n_j * w_j, decoupled from the gradient's
   * scaling. Rows with n_j = 0 (the unknown id) are left alone. Default 0.
   * Source: Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", 2018, section 5.1,
   * https://arxiv.org/abs/1706.06978 (there for SGD; their lambda is .01).
   */
  l2?: number;
}

export function checkDenseStep(
  optimizer: string,
  { parameter, gradient }: DenseStep,
  { size }: { size: number },
): void {
  if (gradient.length !== parameter.length || size !== parameter.length) {
    throw new MmdinError("SHAPE", "parameter, gradient and state differ in size", {
      where: optimizer,
      expected: `${parameter.length} numbers, as in the parameter`,
      got: `${gradient.length} in the gradient, ${size} in the state`,
    });
  }
}

export function checkRowStep(
  optimizer: string,
  { table, dimension, rows, count, gradient, occurrences }: RowStep,
  { size, l2 }: { size: number; l2: number },
): void {
  if (size !== table.length) {
    throw new MmdinError("SHAPE", "table and state differ in size", {
      where: optimizer,
      expected: `${table.length} numbers, as in the table`,
      got: `${size} in the state`,
    });
  }
  if (count > rows.length || count * dimension > gradient.length) {
    throw new MmdinError("SHAPE", "fewer rows or gradients than the count says", {
      where: optimizer,
      expected: `${count} rows and ${count * dimension} gradients`,
      got: `${rows.length} and ${gradient.length}`,
    });
  }
  const tableRows = table.length / dimension;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (row < 0 || row >= tableRows) {
      throw new MmdinError("SHAPE", "a row is outside the table", {
        where: `${optimizer}, touched row ${i}`,
        expected: `0 to ${tableRows - 1}`,
        got: `${row}`,
      });
    }
  }
  if (l2 > 0 && occurrences?.length !== tableRows) {
    throw new MmdinError("CONFIG", "the mini-batch-aware L2 needs the training rows that hold each row", {
      where: optimizer,
      expected: `${tableRows} occurrences`,
      got: occurrences ? `${occurrences.length}` : "none",
    });
  }
}

/** What a touched row is multiplied by before its step: 1 - eta (weightDecay + l2 / n_j), not below 0. */
export function rowDecay(
  row: number,
  { learningRate, occurrences }: RowStep,
  { weightDecay, l2 }: Required<RowDecayOptions>,
): number {
  const n = occurrences === undefined ? 0 : occurrences[row]!;
  return Math.max(0, 1 - learningRate * (n > 0 ? weightDecay + l2 / n : weightDecay));
}

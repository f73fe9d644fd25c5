import type { BatchSourceColumns } from "../data/batch.js";
import type { Builder } from "../nn/builder.js";
import { adam, clipGlobalNorm, type GradientPart, sparseAdam } from "../optim/index.js";
import type { BatchGradients, GradientParts } from "./batch-gradients.js";
import type { Trained } from "./gradient-graph.js";
import { tableOccurrences } from "./occurrences.js";
import type { Weights } from "./weights.js";

export interface OptimizerOptions {
  /** Decoupled decay of dense matrices (AdamW). */
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Joint norm that all gradients are scaled down to; null: none. */
  clipNorm: number | null;
  /** Mini-batch-aware L2 of touched table rows. */
  embeddingDecay: number;
}

export interface WeightUpdateOptions {
  optimizer: OptimizerOptions;
  /** The training rows and their catalogue; the rows are counted where embeddingDecay is above 0. */
  columns: BatchSourceColumns;
}

/** The optimizers of all weights of a model: one step from the gradients of a batch, whole or in shards. */
export class WeightUpdate {
  readonly #dense: DenseUpdate[];
  readonly #rows: RowUpdate[];
  readonly #states: { state: Float32Array; momentum: number }[];
  readonly #maxNorm: number;

  constructor(
    weights: Weights,
    { builder, trained }: { builder: Builder; trained: Trained },
    { optimizer: options, columns }: WeightUpdateOptions,
  ) {
    const { beta1, beta2, epsilon, weightDecay, embeddingDecay, clipNorm } = options;
    const occurrences = embeddingDecay > 0 ? tableOccurrences(columns, builder) : null;
    const decayed = adam({ beta1, beta2, epsilon, weightDecay });
    const plain = adam({ beta1, beta2, epsilon });
    this.#maxNorm = clipNorm ?? Number.POSITIVE_INFINITY;
    this.#dense = trained.parameters.map(({ name, decay }) => {
      const parameter = weights.get(name);
      const optimizer = decay ? decayed : plain;
      const state = optimizer.init(parameter.length);
      return new DenseUpdate(parameter.length, (gradient, learningRate) =>
        optimizer.update(state, { parameter, gradient, learningRate }),
      );
    });
    const lazy = sparseAdam({ beta1, beta2, epsilon, l2: embeddingDecay });
    this.#rows = trained.tables.map(({ table: name }) => {
      const { rows, dimension } = builder.tables.get(name)!;
      const table = weights.get(name);
      const state = lazy.init(table.length);
      const held = occurrences?.get(name);
      return new RowUpdate({ rows, dimension }, (step) =>
        lazy.update(state, { table, dimension, ...step, ...(held && { occurrences: held }) }),
      );
    });
    this.#states = trained.states.map(({ name, update }) => ({
      state: weights.get(name),
      momentum: update.momentum,
    }));
  }

  /**
   * Steps from the gradients of a batch.
   *
   * @returns the loss of the batch before the step; NaN, and nothing is changed, where loss or gradient is not finite.
   */
  apply(
    { loss, parts, shares }: Pick<BatchGradients, "loss" | "parts" | "shares">,
    { learningRate }: { learningRate: number },
  ): number {
    if (!Number.isFinite(loss)) return Number.NaN;
    const shared = <T>(of: (part: GradientParts) => T | null): Shared<T>[] =>
      parts.flatMap((part, p) => {
        const value = of(part);
        return value === null ? [] : [{ value, share: shares[p]! }];
      });
    const collected: GradientPart[] = [
      ...this.#dense.map((dense, i) => dense.collect(shared(({ parameters }) => parameters[i]!))),
      ...this.#rows.map((table, i) => table.collect(shared(({ tables }) => tables[i]!))),
    ];
    if (!Number.isFinite(clipGlobalNorm(collected, { maxNorm: this.#maxNorm }))) return Number.NaN;
    for (const dense of this.#dense) dense.step(learningRate);
    for (const table of this.#rows) table.step(learningRate);
    this.#states.forEach(({ state, momentum }, i) => {
      for (const { value } of shared(({ states }) => states[i]!)) moveTowards(state, value, momentum);
    });
    return loss;
  }
}

interface Shared<T> {
  value: T;
  share: number;
}

/** One dense parameter. */
class DenseUpdate {
  readonly #sum: Float32Array;
  readonly #apply: (gradient: Float32Array, learningRate: number) => void;
  #gradient: Float32Array = new Float32Array(0);

  constructor(size: number, apply: (gradient: Float32Array, learningRate: number) => void) {
    this.#sum = new Float32Array(size);
    this.#apply = apply;
  }

  collect(gradients: readonly Shared<Float32Array>[]): GradientPart {
    this.#gradient = sumOf(gradients, this.#sum);
    return { values: this.#gradient };
  }

  step(learningRate: number): void {
    this.#apply(this.#gradient, learningRate);
  }
}

type TouchedRows = NonNullable<GradientParts["tables"][number]>;

interface CollectedStep {
  rows: Int32Array;
  count: number;
  gradient: Float32Array;
  learningRate: number;
}

/** The touched rows of one table: sums the gradients of rows that occur several times, then steps. */
class RowUpdate {
  readonly #dimension: number;
  readonly #place: Int32Array;
  readonly #stamp: Int32Array;
  readonly #apply: (step: CollectedStep) => void;
  #turn = 0;
  #rows: Int32Array = new Int32Array(0);
  #count = 0;
  #gradient: Float32Array = new Float32Array(0);

  constructor({ rows, dimension }: { rows: number; dimension: number }, apply: (step: CollectedStep) => void) {
    this.#dimension = dimension;
    this.#place = new Int32Array(rows);
    this.#stamp = new Int32Array(rows);
    this.#apply = apply;
  }

  collect(touched: readonly Shared<TouchedRows>[]): GradientPart {
    this.#turn++;
    this.#count = 0;
    this.#reserve(touched.reduce((sum, { value }) => sum + value.rows.length, 0));
    for (const { value, share } of touched) this.#add(value, share);
    return { values: this.#gradient, length: this.#count * this.#dimension };
  }

  #reserve(rows: number): void {
    if (this.#rows.length >= rows) return;
    this.#rows = new Int32Array(rows);
    this.#gradient = new Float32Array(rows * this.#dimension);
  }

  #add({ rows, gradient }: TouchedRows, share: number): void {
    const D = this.#dimension;
    const sum = this.#gradient;
    const stamp = this.#stamp;
    const turn = this.#turn;
    let count = this.#count;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (row < 0) continue;
      const from = i * D;
      if (stamp[row] === turn) {
        const to = this.#place[row]! * D;
        for (let d = 0; d < D; d++) sum[to + d]! += share * gradient[from + d]!;
      } else {
        stamp[row] = turn;
        this.#place[row] = count;
        this.#rows[count] = row;
        const to = count * D;
        for (let d = 0; d < D; d++) sum[to + d] = share * gradient[from + d]!;
        count++;
      }
    }
    this.#count = count;
  }

  step(learningRate: number): void {
    this.#apply({ rows: this.#rows, count: this.#count, gradient: this.#gradient, learningRate });
  }
}

/** Sum of arrays of one size, each times its share; of a whole one itself. */
function sumOf(arrays: readonly Shared<Float32Array>[], into: Float32Array): Float32Array {
  if (arrays.length === 1 && arrays[0]!.share === 1) return arrays[0]!.value;
  into.fill(0);
  for (const { value, share } of arrays) {
    for (let i = 0; i < into.length; i++) into[i]! += share * value[i]!;
  }
  return into;
}

function moveTowards(state: Float32Array, value: Float32Array, momentum: number): void {
  for (let i = 0; i < state.length; i++) state[i]! += momentum * (value[i]! - state[i]!);
}

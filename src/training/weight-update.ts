import type { BatchSourceColumns } from "../data/batch.js";
import type { Builder } from "../nn/builder.js";
import { adam, clipGlobalNorm, type GradientPart, sparseAdam } from "../optim/index.js";
import type { Trained } from "./gradient-graph.js";
import { tableOccurrences } from "./occurrences.js";
import type { ShardGradients } from "./shard.js";
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
   * Steps from the mean of the shards' gradients, weighted by their rows.
   *
   * @returns the loss of the batch before the step; NaN, and nothing is changed, where loss or gradient is not finite.
   */
  apply(shards: readonly ShardGradients[], { learningRate }: { learningRate: number }): number {
    const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
    const shares = shards.map((shard) => shard.rows / rows);
    const loss = shards.reduce((sum, shard, s) => sum + shares[s]! * shard.loss, 0);
    if (!Number.isFinite(loss)) return Number.NaN;
    const parts: GradientPart[] = this.#dense.map((dense, p) =>
      dense.collect(
        shards.map(({ parameters }) => parameters[p]!),
        shares,
      ),
    );
    this.#rows.forEach((table, t) => {
      parts.push(
        table.collect(
          shards.map(({ tables }) => tables[t]!),
          shares,
        ),
      );
    });
    if (!Number.isFinite(clipGlobalNorm(parts, { maxNorm: this.#maxNorm }))) return Number.NaN;
    for (const dense of this.#dense) dense.step(learningRate);
    for (const table of this.#rows) table.step(learningRate);
    this.#states.forEach(({ state, momentum }, i) => {
      moveTowards(
        state,
        meanOf(
          shards.map(({ states }) => states[i]!),
          shares,
        ),
        momentum,
      );
    });
    return loss;
  }
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

  collect(gradients: readonly Float32Array[], shares: readonly number[]): GradientPart {
    this.#gradient = meanOf(gradients, shares, this.#sum);
    return { values: this.#gradient };
  }

  step(learningRate: number): void {
    this.#apply(this.#gradient, learningRate);
  }
}

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

  collect(shards: ShardGradients["tables"], shares: readonly number[]): GradientPart {
    this.#turn++;
    this.#count = 0;
    this.#reserve(shards.reduce((sum, { rows }) => sum + rows.length, 0));
    shards.forEach((shard, s) => {
      this.#add(shard, shares[s]!);
    });
    return { values: this.#gradient, length: this.#count * this.#dimension };
  }

  #reserve(rows: number): void {
    if (this.#rows.length >= rows) return;
    this.#rows = new Int32Array(rows);
    this.#gradient = new Float32Array(rows * this.#dimension);
  }

  #add({ rows, gradient }: ShardGradients["tables"][number], share: number): void {
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

/** Weighted mean of arrays of one size; of a single one itself. */
function meanOf(
  arrays: readonly Float32Array[],
  shares: readonly number[],
  into: Float32Array = new Float32Array(arrays[0]!.length),
): Float32Array {
  if (arrays.length === 1) return arrays[0]!;
  arrays.forEach((array, a) => {
    const share = shares[a]!;
    if (a === 0) for (let i = 0; i < into.length; i++) into[i] = share * array[i]!;
    else for (let i = 0; i < into.length; i++) into[i]! += share * array[i]!;
  });
  return into;
}

function moveTowards(state: Float32Array, value: Float32Array, momentum: number): void {
  for (let i = 0; i < state.length; i++) state[i]! += momentum * (value[i]! - state[i]!);
}

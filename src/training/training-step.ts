import type { Batch, BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import type { Catalogue } from "../data/columns.js";
import { gradients, mul, reduceMean, softplus, sub, type Tensor } from "../graph/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import { adam, clipGlobalNorm, type GradientPart, type OptimizerState, sparseAdam } from "../optim/index.js";
import { type Device, Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
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

export interface TrainingStepOptions {
  optimizer: OptimizerOptions;
  threads: number;
  device: Device;
  /** The training rows and their catalogue; the rows are counted where embeddingDecay is above 0. */
  columns: BatchSourceColumns;
}

/**
 * Mean binary cross-entropy of logits z [B, 1] and labels y [B, 1]: mean(softplus(z) - y z), stable for any z.
 */
export function binaryCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return reduceMean(sub(softplus(logits), mul(labels, logits)));
}

/** The training graph of a model: loss, gradients and new states come out of one run; then the optimizers step. */
export class TrainingStep {
  readonly #builder: Builder;
  readonly #weights: Weights;
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;
  readonly #dense: { name: string; update: (gradient: Float32Array, rate: number) => void; state: OptimizerState }[] =
    [];
  readonly #rows: RowUpdate[] = [];
  readonly #clipNorm: number | null;
  /** Time spent, in ms, by phase. */
  readonly spent = { feed: 0, run: 0, optimizer: 0 };

  private constructor(builder: Builder, weights: Weights, executor: Executor, options: TrainingStepOptions) {
    this.#builder = builder;
    this.#weights = weights;
    this.#executor = executor;
    this.#feedMaker = new FeedMaker(builder, weights);
    this.#clipNorm = options.optimizer.clipNorm;
    this.#prepareOptimizers(options);
  }

  static async create(model: ConfiguredModel, weights: Weights, options: TrainingStepOptions): Promise<TrainingStep> {
    const { columns, threads, device } = options;
    const { builder, outputs } = trainingGraph(model, columns.catalogue);
    const executor = await Executor.create(outputs, { threads, device });
    return new TrainingStep(builder, weights, executor, options);
  }

  get plan(): BatchPlan {
    return this.#builder.plan;
  }

  /** Trains on one batch; returns the loss before the step. NaN, and nothing is changed, where loss or gradient is not finite. */
  async run(batch: Batch, { learningRate }: { learningRate: number }): Promise<number> {
    const start = performance.now();
    const feeds = this.#feedMaker.feeds(batch);
    const fed = performance.now();
    const out = await this.#executor.run(feeds);
    const ran = performance.now();
    const loss = out.loss!.data[0] as number;
    const stepped = Number.isFinite(loss) && this.#update(batch, out, learningRate);
    const done = performance.now();
    this.spent.feed += fed - start;
    this.spent.run += ran - fed;
    this.spent.optimizer += done - ran;
    return stepped ? loss : Number.NaN;
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }

  #prepareOptimizers({ optimizer: options, columns }: TrainingStepOptions): void {
    const { beta1, beta2, epsilon, weightDecay, embeddingDecay } = options;
    const occurrences = embeddingDecay > 0 ? tableOccurrences(columns, this.#builder) : null;
    const decayed = adam({ beta1, beta2, epsilon, weightDecay });
    const plain = adam({ beta1, beta2, epsilon });
    for (const { name, decay } of this.#builder.parameters.values()) {
      const parameter = this.#weights.get(name);
      const optimizer = decay ? decayed : plain;
      const state = optimizer.init(parameter.length);
      const update = (gradient: Float32Array, learningRate: number): void =>
        optimizer.update(state, { parameter, gradient, learningRate });
      this.#dense.push({ name, update, state });
    }
    const lazy = sparseAdam({ beta1, beta2, epsilon, l2: embeddingDecay });
    for (const { table: name, input } of this.#builder.tableUses.values()) {
      const { rows, dimension, trainable } = this.#builder.tables.get(name)!;
      if (!trainable) continue;
      const table = this.#weights.get(name);
      const state = lazy.init(table.length);
      const held = occurrences?.get(name);
      this.#rows.push(
        new RowUpdate(input, { rows, dimension }, (step) =>
          lazy.update(state, { table, dimension, ...step, ...(held && { occurrences: held }) }),
        ),
      );
    }
  }

  /** False, and nothing is changed, where the gradient is not finite. */
  #update({ tableRows }: Batch, out: Readonly<Record<string, Value>>, learningRate: number): boolean {
    const parts: GradientPart[] = [];
    const dense = this.#dense.map(({ name, update }) => {
      const gradient = floats(out[`gradient:${name}`]!);
      parts.push({ values: gradient });
      return { update, gradient };
    });
    for (const table of this.#rows) {
      parts.push(table.coalesce(tableRows[table.input]!, floats(out[`gradient:${table.input}`]!)));
    }
    const maxNorm = this.#clipNorm ?? Number.POSITIVE_INFINITY;
    if (!Number.isFinite(clipGlobalNorm(parts, { maxNorm }))) return false;
    for (const { update, gradient } of dense) update(gradient, learningRate);
    for (const table of this.#rows) table.step(learningRate);
    for (const { name, update } of this.#builder.states.values()) {
      if (update) moveTowards(this.#weights.get(name), floats(out[`next:${name}`]!), update.momentum);
    }
    return true;
  }
}

/** Builds loss, gradients and new states of a model as named outputs. */
export function trainingGraph(
  model: ConfiguredModel,
  catalogue: Catalogue,
): { builder: Builder; outputs: Record<string, Tensor> } {
  const builder = new Builder({ training: true });
  const { logits } = model.forward(builder, { catalogue });
  const loss = binaryCrossEntropy(logits, builder.batch({ from: "label" }, { shape: ["B", 1] }));
  const uses = [...builder.tableUses.values()].filter(({ table }) => builder.tables.get(table)!.trainable);
  const parameters = [...builder.parameters.values()];
  const found = gradients(loss, [...parameters.map(({ tensor }) => tensor), ...uses.map(({ tensor }) => tensor)]);
  const outputs: Record<string, Tensor> = { loss, logits };
  parameters.forEach(({ name }, i) => {
    outputs[`gradient:${name}`] = found[i]!;
  });
  uses.forEach(({ input }, i) => {
    outputs[`gradient:${input}`] = found[parameters.length + i]!;
  });
  for (const { name, update } of builder.states.values()) if (update) outputs[`next:${name}`] = update.value;
  return { builder, outputs };
}

interface CoalescedStep {
  rows: Int32Array;
  count: number;
  gradient: Float32Array;
  learningRate: number;
}

/** The touched rows of one table: sums the gradients of rows that occur several times, then steps. */
class RowUpdate {
  readonly input: string;
  readonly #dimension: number;
  readonly #place: Int32Array;
  readonly #stamp: Int32Array;
  readonly #apply: (step: CoalescedStep) => void;
  #turn = 0;
  #rows: Int32Array = new Int32Array(0);
  #count = 0;
  #gradient: Float32Array = new Float32Array(0);

  constructor(
    input: string,
    { rows, dimension }: { rows: number; dimension: number },
    apply: (step: CoalescedStep) => void,
  ) {
    this.input = input;
    this.#dimension = dimension;
    this.#place = new Int32Array(rows);
    this.#stamp = new Int32Array(rows);
    this.#apply = apply;
  }

  coalesce(rows: Int32Array, gradient: Float32Array): GradientPart {
    const D = this.#dimension;
    const turn = ++this.#turn;
    if (this.#rows.length < rows.length) this.#rows = new Int32Array(rows.length);
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (row < 0) continue;
      if (this.#stamp[row] === turn) {
        const to = this.#place[row]! * D;
        for (let d = 0; d < D; d++) gradient[to + d]! += gradient[i * D + d]!;
      } else {
        this.#stamp[row] = turn;
        this.#place[row] = count;
        this.#rows[count] = row;
        if (count !== i) gradient.copyWithin(count * D, i * D, (i + 1) * D);
        count++;
      }
    }
    this.#count = count;
    this.#gradient = gradient;
    return { values: gradient, length: count * D };
  }

  step(learningRate: number): void {
    this.#apply({ rows: this.#rows, count: this.#count, gradient: this.#gradient, learningRate });
  }
}

function floats({ data }: Value): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError("a float tensor was expected");
}

function moveTowards(state: Float32Array, value: Float32Array, momentum: number): void {
  for (let i = 0; i < state.length; i++) state[i]! += momentum * (value[i]! - state[i]!);
}

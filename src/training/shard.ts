import { type Batch, BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import type { TrainingDraw } from "../data/hidden-parts.js";
import type { ConfiguredModel } from "../models/registry.js";
import type { Builder } from "../nn/builder.js";
import { type Device, Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
import { gradientGraph, gradientOf, nextOf, type Trained } from "./gradient-graph.js";
import type { Weights } from "./weights.js";

/** What some rows of a batch say of the weights: arrays of their own, which can be handed to another thread. */
export interface ShardGradients {
  /** Rows that the loss and the gradients are means over. */
  rows: number;
  loss: number;
  /** In the order of `Trained.parameters`. */
  parameters: Float32Array[];
  /** In the order of `Trained.tables`: touched rows (-1 is padding; a row may stand there twice) and their gradients, side by side. */
  tables: { rows: Int32Array; gradient: Float32Array }[];
  /** In the order of `Trained.states`. */
  states: Float32Array[];
  /** Milliseconds of the thread, by phase. */
  spent: ShardTimes;
}
export type ShardTimes = Record<(typeof SHARD_PHASES)[number], number>;
export const SHARD_PHASES = ["batch", "feed", "run"] as const;

export interface ShardOptions {
  columns: BatchSourceColumns;
  /** Threads that share one operation. */
  threads: number;
  device: Device;
  /** See `Executor`. */
  profile?: string;
}

/** How many batches are made before their turn. */
export const AHEAD = 2;

/** The training graph of a model over weights that others change between its runs: makes batches, gives gradients. */
export class Shard {
  readonly trained: Trained;
  readonly #builder: Builder;
  readonly #assembler: BatchAssembler;
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;

  private constructor(
    { builder, trained }: { builder: Builder; trained: Trained },
    weights: Weights,
    { executor, assembler }: { executor: Executor; assembler: BatchAssembler },
  ) {
    this.#builder = builder;
    this.trained = trained;
    this.#executor = executor;
    this.#assembler = assembler;
    this.#feedMaker = new FeedMaker(builder, weights);
  }

  /** @param weights a set of weights, or a function that makes one from what the graph declares. */
  static async create(
    model: ConfiguredModel,
    weights: Weights | ((builder: Builder) => Weights),
    { columns, threads, device, profile }: ShardOptions,
  ): Promise<Shard> {
    const { builder, trained, outputs } = gradientGraph(model, columns.catalogue);
    const { logits: _, ...wanted } = outputs;
    const executor = await Executor.create(wanted, { threads, device, ...(profile !== undefined && { profile }) });
    const assembler = new BatchAssembler(columns, builder.plan, { reuse: AHEAD + 1 });
    return new Shard({ builder, trained }, typeof weights === "function" ? weights(builder) : weights, {
      executor,
      assembler,
    });
  }

  get builder(): Builder {
    return this.#builder;
  }

  /** A batch, to be run before `AHEAD` more are made: its largest arrays are then used again. */
  assemble(rows: Int32Array, training: TrainingDraw): Batch {
    return this.#assembler.assemble(rows, { training });
  }

  async run(batch: Batch): Promise<ShardGradients> {
    const start = performance.now();
    const feeds = this.#feedMaker.feeds(batch);
    const fed = performance.now();
    const out = await this.#executor.run(feeds);
    const ran = performance.now();
    const { parameters, tables, states } = this.trained;
    return {
      rows: batch.B,
      loss: out.loss!.data[0] as number,
      parameters: parameters.map(({ name }) => floats(out[gradientOf(name)])),
      tables: tables.map(({ input }) => ({ rows: batch.tableRows[input]!, gradient: floats(out[gradientOf(input)]) })),
      states: states.map(({ name }) => floats(out[nextOf(name)])),
      spent: { batch: 0, feed: fed - start, run: ran - fed },
    };
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}

function floats(value: Value | undefined): Float32Array {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError("a float tensor was expected");
}

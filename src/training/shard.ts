import { type Batch, BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import type { TrainingDraw } from "../data/hidden-parts.js";
import type { ConfiguredModel } from "../models/registry.js";
import type { Builder } from "../nn/builder.js";
import { type Device, Executor, type Value } from "../runtime/executor.js";
import { floatsOf, type GradientParts, partsOf, type ShardTimes } from "./batch-gradients.js";
import { FeedMaker } from "./feeds.js";
import { gradientGraph, type Trained } from "./gradient-graph.js";
import { cutIntoPhases, type Phases } from "./phases.js";
import type { Weights } from "./weights.js";

export interface ShardOptions {
  columns: BatchSourceColumns;
  /** Threads that share one operation. */
  threads: number;
  device: Device;
  /** Whether the rows meet those of other shards in the middle; default false: loss and gradients are those of the own rows. */
  phased?: boolean;
  /** See `Executor`. */
  profile?: string;
}

/** What some rows of a batch say of the weights: loss and gradients are means over these rows. */
export interface ShardGradients {
  rows: number;
  loss: number;
  parts: GradientParts;
  spent: ShardTimes;
}

/** What a phased shard hands to the middle, by `Phases.meets`. */
export interface ShardForward {
  rows: number;
  meets: Float32Array[];
}

/** How many batches are made before their turn. */
export const AHEAD = 2;

/** The training graph of a model over weights that others change between its runs: makes batches, gives gradients. */
export class Shard {
  readonly builder: Builder;
  readonly trained: Trained;
  readonly #phases: Phases | null;
  readonly #assembler: BatchAssembler;
  readonly #forward: Executor;
  readonly #backward: Executor | null;
  readonly #feedMaker: FeedMaker;
  #pending: { batch: Batch; feeds: Record<string, Value>; spent: ShardTimes } | undefined;

  private constructor(
    { builder, trained, phases }: { builder: Builder; trained: Trained; phases: Phases | null },
    { weights, assembler }: { weights: Weights; assembler: BatchAssembler },
    { forward, backward }: { forward: Executor; backward: Executor | null },
  ) {
    this.builder = builder;
    this.trained = trained;
    this.#phases = phases;
    this.#assembler = assembler;
    this.#forward = forward;
    this.#backward = backward;
    this.#feedMaker = new FeedMaker(builder, weights);
  }

  /** @param weights a set of weights, or a function that makes one from what the graph declares. */
  static async create(
    model: ConfiguredModel,
    weights: Weights | ((builder: Builder) => Weights),
    { columns, threads, device, phased = false, profile }: ShardOptions,
  ): Promise<Shard> {
    const graph = gradientGraph(model, columns.catalogue);
    const phases = phased ? cutIntoPhases(graph) : null;
    const { logits: _, ...whole } = graph.outputs;
    const options = { threads, device, ...(profile !== undefined && { profile }) };
    const forward = await Executor.create(phases?.forward ?? whole, options);
    const backward = phases && (await Executor.create(phases.backward, options));
    const own = typeof weights === "function" ? weights(graph.builder) : weights;
    const assembler = new BatchAssembler(columns, graph.builder.plan, { reuse: AHEAD + 1 });
    return new Shard({ ...graph, phases }, { weights: own, assembler }, { forward, backward });
  }

  /** A batch, to be run before `AHEAD` more are made: its largest arrays are then used again. */
  assemble(rows: Int32Array, training: TrainingDraw): Batch {
    return this.#assembler.assemble(rows, { training });
  }

  /** Loss and gradients of a batch. */
  async run(batch: Batch): Promise<ShardGradients> {
    const { out, spent } = await this.#runForward(batch);
    const parts = partsOf(this.trained, { out, tableRows: batch.tableRows });
    return { rows: batch.B, loss: floatsOf(out.loss)![0]!, parts, spent };
  }

  /** The first phase of a batch: what the middle needs of its rows. */
  async meet(batch: Batch): Promise<ShardForward> {
    const { out, feeds, spent } = await this.#runForward(batch);
    this.#pending = { batch, feeds, spent };
    return { rows: batch.B, meets: this.#phases!.meets.map((name) => floatsOf(out[name])!) };
  }

  /** The last phase of the batch that met: its gradients, from those of what met, by `Phases.backs`. */
  async back(backs: readonly Float32Array[]): Promise<ShardGradients> {
    const { batch, feeds, spent } = this.#pending!;
    this.#pending = undefined;
    const { forward, backs: names } = this.#phases!;
    const start = performance.now();
    [...names].forEach(([meet, back], i) => {
      const width = forward[meet]!.shape.slice(1).map(Number);
      feeds[back] = { data: backs[i]!, dims: [batch.B, ...width] };
    });
    const out = await this.#backward!.run(feeds);
    const parts = partsOf(this.trained, { out, tableRows: batch.tableRows });
    return { rows: batch.B, loss: 0, parts, spent: { ...spent, run: spent.run + performance.now() - start } };
  }

  async close(): Promise<void> {
    await this.#forward.close();
    await this.#backward?.close();
  }

  async #runForward(batch: Batch) {
    const start = performance.now();
    const feeds = this.#feedMaker.feeds(batch);
    const fed = performance.now();
    const out = await this.#forward.run(feeds);
    return { out, feeds, spent: { batch: 0, feed: fed - start, run: performance.now() - fed } };
  }
}

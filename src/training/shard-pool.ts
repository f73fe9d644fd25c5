import type { Worker } from "node:worker_threads";
import type { BatchSourceColumns } from "../data/batch.js";
import type { TrainingDraw } from "../data/hidden-parts.js";
import { MmdinError } from "../errors.js";
import type { ConfiguredModel } from "../models/registry.js";
import type { Device } from "../runtime/executor.js";
import { type PackedError, unpackError } from "../runtime/job.js";
import { spawnWorker } from "../runtime/spawn-worker.js";
import { type BatchGradients, type GradientParts, meanTimes } from "./batch-gradients.js";
import type { GradientGraph } from "./gradient-graph.js";
import { Middle } from "./middle.js";
import { cutIntoPhases } from "./phases.js";
import { AHEAD, type ShardForward, type ShardGradients } from "./shard.js";
import type { Weights } from "./weights.js";

/** What a shard's thread is given. */
export interface ShardJob {
  model: { name: string; options: unknown };
  columns: BatchSourceColumns;
  /** In shared memory. */
  weights: ReadonlyMap<string, Float32Array>;
  threads: number;
  device: Device;
  phased: boolean;
}
/** What it is asked: to make a batch ahead; to run the oldest that it has made, or its first phase; to run the last phase of that. */
export type ShardMessage =
  | { kind: "assemble"; rows: Int32Array; draw: TrainingDraw }
  | { kind: "run" }
  | { kind: "meet" }
  | { kind: "back"; backs: Float32Array[] };
export type ShardAnswer = ShardGradients | ShardForward;
export type ShardReply = { ready: true } | { answer: ShardAnswer } | { error: PackedError };

export interface PoolOptions {
  columns: BatchSourceColumns;
  /** In shared memory: what is changed here is seen by every later run. */
  weights: Weights;
  threads: number;
  device: Device;
  graph: GradientGraph;
}

/** One batch: its rows and what is drawn for it. */
export interface StepRequest {
  rows: Int32Array;
  draw: TrainingDraw;
}

/**
 * Gradients of batches, each cut into one shard a thread. Every shard runs the whole training graph over its rows in one session of
 * one thread: nothing large crosses threads or sessions, and sums are made in one order, so the same number of threads gives the same
 * bits. While a step is taken from the gradients of one batch, the threads make the next one.
 *
 * Where rows depend on one another in training (Dice takes its moments over the batch) the shards meet in the middle: each runs its
 * part up to there, one session over all rows the part between, and each takes its gradients back through its own part, which it
 * computes again. Where what meets has steps, and on other devices, a batch has one shard, whose operations the threads share.
 */
export class ShardPool {
  readonly #threads: ShardThread[];
  readonly #middle: Middle | null;

  private constructor(threads: ShardThread[], middle: Middle | null) {
    this.#threads = threads;
    this.#middle = middle;
  }

  static async create(
    model: ConfiguredModel,
    { columns, weights, threads, device, graph }: PoolOptions,
  ): Promise<ShardPool> {
    const coupled = graph.trained.states.length > 0;
    const phases = coupled && threads > 1 && device === "cpu" ? cutIntoPhases(graph) : null;
    const inShards = device === "cpu" && (!coupled || phases !== null);
    const job: ShardJob = {
      model: { name: model.name, options: model.options },
      columns,
      weights: weights.arrays,
      threads: inShards ? 1 : threads,
      device,
      phased: phases !== null,
    };
    const middle = phases && (await Middle.create(graph, phases, { weights, threads }));
    const pool = new ShardPool(
      Array.from({ length: inShards ? threads : 1 }, () => new ShardThread(job)),
      middle,
    );
    try {
      await Promise.all(pool.#threads.map((thread) => thread.opened));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The gradients of each batch, with the weights as they are when the batch is asked for. */
  async *stream(requests: Iterable<StepRequest>): AsyncGenerator<BatchGradients> {
    const iterator = requests[Symbol.iterator]();
    const ahead: ShardThread[][] = [];
    const prepare = (): void => {
      const next = iterator.next();
      if (!next.done) ahead.push(this.#assemble(next.value));
    };
    for (let i = 0; i < AHEAD; i++) prepare();
    for (let threads = ahead.shift(); threads !== undefined; threads = ahead.shift()) {
      const gradients = this.#middle ? await meeting(threads, this.#middle) : await running(threads);
      prepare();
      yield gradients;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
    await this.#middle?.close();
  }

  /** Deals the rows out, one by one, so that long and short histories go everywhere; returns the threads that got some. */
  #assemble({ rows, draw }: StepRequest): ShardThread[] {
    const count = this.#threads.length;
    const busy = this.#threads.slice(0, rows.length);
    busy.forEach((thread, shard) => {
      const own = count === 1 ? rows : rows.filter((_, i) => i % count === shard);
      thread.assemble(own, { ...draw, step: draw.step * count + shard });
    });
    return busy;
  }
}

/** Each shard for itself: the mean over their rows. */
async function running(threads: readonly ShardThread[]): Promise<BatchGradients> {
  const shards = await Promise.all(threads.map((thread) => thread.run()));
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  const shares = shards.map((shard) => shard.rows / rows);
  return {
    rows,
    loss: shards.reduce((sum, { loss }, s) => sum + shares[s]! * loss, 0),
    parts: shards.map(({ parts }) => parts),
    shares,
    spent: meanTimes(shards.map(({ spent }) => spent)),
  };
}

/** The shards meet in the middle: the loss is that of all rows there, and so are the gradients that it gives back. */
async function meeting(threads: readonly ShardThread[], middle: Middle): Promise<BatchGradients> {
  const forwards = await Promise.all(threads.map((thread) => thread.meet()));
  const start = performance.now();
  const { loss, parts: own, backs } = await middle.run(forwards);
  const between = performance.now() - start;
  const shards = await Promise.all(threads.map((thread, s) => thread.back(backs[s]!)));
  const parts: GradientParts[] = [...shards.map((shard) => shard.parts), own];
  const spent = meanTimes(shards.map((shard) => shard.spent));
  return {
    rows: shards.reduce((sum, shard) => sum + shard.rows, 0),
    loss,
    parts,
    shares: parts.map(() => 1),
    spent: { ...spent, run: spent.run + between, longest: spent.longest + between },
  };
}

class ShardThread {
  /** Settles when the graph is there. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  #failed: Error | undefined;
  #answer: { resolve: (answer: ShardAnswer) => void; reject: (error: Error) => void } | undefined;

  constructor(job: ShardJob) {
    this.#worker = spawnWorker("shard-worker", { base: import.meta.url, workerData: job });
    this.opened = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failed = error;
        reject(error);
        this.#answer?.reject(error);
      };
      this.#worker.on("message", (reply: ShardReply) => {
        if ("ready" in reply) resolve();
        else if ("answer" in reply) this.#answer?.resolve(reply.answer);
        else fail(unpackError(reply.error));
      });
      this.#worker.on("error", fail);
      this.#worker.on("exit", (code) => {
        fail(new MmdinError("RUNTIME", "a thread that trains ended early", { got: `exit code ${code}` }));
      });
    });
  }

  assemble(rows: Int32Array, draw: TrainingDraw): void {
    this.#worker.postMessage({ kind: "assemble", rows, draw } satisfies ShardMessage);
  }

  async run(): Promise<ShardGradients> {
    return (await this.#ask({ kind: "run" })) as ShardGradients;
  }

  async meet(): Promise<ShardForward> {
    return (await this.#ask({ kind: "meet" })) as ShardForward;
  }

  async back(backs: Float32Array[]): Promise<ShardGradients> {
    const buffers = backs.map(({ buffer }) => buffer as ArrayBuffer);
    return (await this.#ask({ kind: "back", backs }, buffers)) as ShardGradients;
  }

  #ask(message: ShardMessage, transfer: ArrayBuffer[] = []): Promise<ShardAnswer> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#worker.postMessage(message, transfer);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

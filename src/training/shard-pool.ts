import type { Worker } from "node:worker_threads";
import type { BatchSourceColumns } from "../data/batch.js";
import type { TrainingDraw } from "../data/hidden-parts.js";
import { MmdinError } from "../errors.js";
import type { ConfiguredModel } from "../models/registry.js";
import type { Device } from "../runtime/executor.js";
import { type PackedError, unpackError } from "../runtime/job.js";
import { spawnWorker } from "../runtime/spawn-worker.js";
import type { Trained } from "./gradient-graph.js";
import { AHEAD, type ShardGradients } from "./shard.js";
import type { Weights } from "./weights.js";

/** What a shard's thread is given. */
export interface ShardJob {
  model: { name: string; options: unknown };
  columns: BatchSourceColumns;
  /** In shared memory. */
  weights: ReadonlyMap<string, Float32Array>;
  threads: number;
  device: Device;
}
/** What it is asked: to make a batch ahead, or to run the oldest that it has made. */
export type ShardMessage = { kind: "assemble"; rows: Int32Array; draw: TrainingDraw } | { kind: "run" };
export type ShardReply = { ready: true } | { gradients: ShardGradients } | { error: PackedError };

export interface PoolOptions {
  columns: BatchSourceColumns;
  /** In shared memory: what is changed here is seen by every later run. */
  weights: Weights;
  threads: number;
  device: Device;
  trained: Trained;
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
 * A model whose rows depend on one another in training (Dice takes its moments over the batch) has one shard, and the threads share
 * its operations.
 */
export class ShardPool {
  readonly #threads: ShardThread[];

  private constructor(threads: ShardThread[]) {
    this.#threads = threads;
  }

  static async create(
    model: ConfiguredModel,
    { columns, weights, threads, device, trained }: PoolOptions,
  ): Promise<ShardPool> {
    const coupled = trained.states.length > 0 || device !== "cpu";
    const job: ShardJob = {
      model: { name: model.name, options: model.options },
      columns,
      weights: weights.arrays,
      threads: coupled ? threads : 1,
      device,
    };
    const pool = new ShardPool(Array.from({ length: coupled ? 1 : threads }, () => new ShardThread(job)));
    try {
      await Promise.all(pool.#threads.map((thread) => thread.opened));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The shards' gradients of each batch, with the weights as they are when the batch is asked for. */
  async *stream(requests: Iterable<StepRequest>): AsyncGenerator<ShardGradients[]> {
    const iterator = requests[Symbol.iterator]();
    const ahead: ShardThread[][] = [];
    const prepare = (): void => {
      const next = iterator.next();
      if (!next.done) ahead.push(this.#assemble(next.value));
    };
    for (let i = 0; i < AHEAD; i++) prepare();
    for (let threads = ahead.shift(); threads !== undefined; threads = ahead.shift()) {
      const gradients = await Promise.all(threads.map((thread) => thread.run()));
      prepare();
      yield gradients;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
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

class ShardThread {
  /** Settles when the graph is there. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  #failed: Error | undefined;
  #answer: { resolve: (gradients: ShardGradients) => void; reject: (error: Error) => void } | undefined;

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
        else if ("gradients" in reply) this.#answer?.resolve(reply.gradients);
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

  run(): Promise<ShardGradients> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#worker.postMessage({ kind: "run" } satisfies ShardMessage);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

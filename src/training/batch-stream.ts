import type { Worker } from "node:worker_threads";
import type { Batch, BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import { MmdinError } from "../errors.js";
import { spawnWorker } from "../runtime/spawn-worker.js";

/** What the batch worker is asked. */
export type BatchMessage =
  | { kind: "open"; source: string; columns: BatchSourceColumns; plan: BatchPlan }
  | { kind: "assemble"; source: string; rows: Int32Array };
export type BatchReply = { batch: Batch } | { error: { message: string; stack?: string } };

/** How many batches are made ahead of the one that runs. */
const AHEAD = 2;

/** Makes batches in a thread of its own: the next ones while the current one runs. */
export class BatchThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (batch: Batch) => void; reject: (error: Error) => void }[] = [];
  #failed: Error | undefined;

  constructor() {
    this.#worker = spawnWorker("batch-worker", { base: import.meta.url });
    this.#worker.on("message", (reply: BatchReply) => {
      const next = this.#waiting.shift()!;
      if ("batch" in reply) next.resolve(reply.batch);
      else next.reject(Object.assign(new Error(reply.error.message), { stack: reply.error.stack }));
    });
    this.#worker.on("error", (error) => {
      this.#failed = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  /** Names a split and what a graph needs of its batches. The columns are shared, not copied. */
  open(source: string, { columns, plan }: { columns: BatchSourceColumns; plan: BatchPlan }): void {
    this.#worker.postMessage({ kind: "open", source, columns, plan } satisfies BatchMessage);
  }

  /** The batches of these rows, in order. */
  async *stream(source: string, batches: Iterable<Int32Array>): AsyncGenerator<Batch> {
    const iterator = batches[Symbol.iterator]();
    const ahead: Promise<Batch>[] = [];
    const ask = (): void => {
      const next = iterator.next();
      if (next.done) return;
      const made = this.#assemble(source, next.value);
      made.catch(() => {}); // it is thrown where it is awaited below; until then it must not count as unhandled
      ahead.push(made);
    };
    for (let i = 0; i < AHEAD; i++) ask();
    for (let made = ahead.shift(); made !== undefined; made = ahead.shift()) {
      const batch = await made;
      ask();
      yield batch;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #assemble(source: string, rows: Int32Array): Promise<Batch> {
    if (this.#failed)
      return Promise.reject(
        new MmdinError("RUNTIME", "the thread that makes batches has ended", { cause: this.#failed }),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ kind: "assemble", source, rows } satisfies BatchMessage);
    });
  }
}

import type { Worker } from "node:worker_threads";
import { MmdinError } from "../../errors.js";
import { unpackError } from "../../runtime/job.js";
import { spawnWorker } from "../../runtime/spawn-worker.js";
import { endThread, exited, type ThreadEnd } from "./end-thread.js";
import {
  type CatalogueUpdate,
  type FromWorker,
  isLong,
  type ObservedEvents,
  type OpenedParts,
  type Task,
  type WorkAnswer,
  type WorkerSetup,
} from "./work.js";

/** What became of one task. */
export type Outcome = { answer: WorkAnswer } | { error: Error } | { late: true };

export interface PoolWorkerEvents {
  done(id: number, outcome: Outcome): void;
  /** The thread has ended, with these tasks unanswered. */
  died(reason: Error): void;
}

/** One worker thread that has a run open. */
export class PoolWorker {
  /** What it has been given and has not answered. */
  readonly tasks = new Map<number, Task>();
  readonly #thread: Worker;
  /** Updates that it has been given and has not taken over, oldest first. */
  readonly #updates: { resolve(): void; reject(error: Error): void }[] = [];
  #ended = false;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  /** Resolves once the run is open; rejects with what kept it from being. */
  static start(
    setup: WorkerSetup,
    { done, died }: PoolWorkerEvents,
  ): { worker: PoolWorker; ready: Promise<OpenedParts | null> } {
    const thread = spawnWorker("rank-worker", { base: import.meta.url, workerData: setup });
    const worker = new PoolWorker(thread);
    const ready = new Promise<OpenedParts | null>((resolve, reject) => {
      let open = false;
      const end = (reason: Error): void => {
        if (worker.#ended) return;
        worker.#ended = true;
        worker.#settleUpdates();
        if (open) died(reason);
        else reject(reason);
      };
      thread.on("message", (message: FromWorker) => {
        if ("ready" in message) {
          open = true;
          resolve(message.ready);
        } else if ("failed" in message) {
          end(unpackError(message.failed));
          void endThread(thread);
        } else if ("updated" in message) {
          const update = worker.#updates.shift();
          if (message.updated === null) update?.resolve();
          else update?.reject(unpackError(message.updated));
        } else {
          worker.tasks.delete(message.id);
          done(message.id, "error" in message ? { error: unpackError(message.error) } : message);
        }
      });
      thread.on("error", end);
      thread.on("exit", (code) =>
        end(new MmdinError("RUNTIME", "a worker thread ended", { where: setup.run, got: `exit code ${code}` })),
      );
    });
    return { worker, ready };
  }

  /** Whether it has no short, or no long, work. */
  idle(long: boolean): boolean {
    for (const { work } of this.tasks.values()) if (isLong(work) === long) return false;
    return true;
  }

  give(tasks: Task[]): void {
    for (const task of tasks) this.tasks.set(task.id, task);
    this.#thread.postMessage({ tasks });
  }

  /** Resolves when the worker has the catalogue, or has died: the one that takes its place begins with it. */
  update(update: CatalogueUpdate): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#updates.push({ resolve, reject });
      this.#thread.postMessage({ update });
    });
  }

  observe(observed: ObservedEvents): void {
    if (!this.#ended) this.#thread.postMessage({ observed });
  }

  #settleUpdates(): void {
    for (const { resolve } of this.#updates.splice(0)) resolve();
  }

  /** Ends the thread once it is done with what it does; nothing is said of it. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#settleUpdates();
    await endThread(this.#thread);
  }

  /** Lets the thread die of an error. */
  async kill(): Promise<void> {
    const gone = exited(this.#thread);
    this.#thread.postMessage({ end: "now" } satisfies ThreadEnd);
    await gone;
  }
}

import type { Worker } from "node:worker_threads";
import { MmdinError } from "../../errors.js";
import { unpackError } from "../../runtime/job.js";
import { spawnWorker } from "../../runtime/spawn-worker.js";
import type { DeskCall, DeskReply, DeskResult } from "./catalogue-calls.js";
import type { CatalogueDesk, DeskSetup } from "./catalogue-desk.js";
import { endThread } from "./end-thread.js";
import type { ObservedEvents } from "./work.js";

/** Calls that may wait for an answer. */
const MOST = 256;

/** The thread of a catalogue desk. It starts with the first call, if not before; where it dies, what it had is refused, and the next call starts another. */
export class CatalogueThread {
  readonly #setup: () => DeskSetup;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #thread: Worker | undefined;
  #next = 0;
  #closed = false;

  /** @param setup gives the catalogue as it is when a thread starts. */
  constructor(setup: () => DeskSetup) {
    this.#setup = setup;
  }

  /** Starts the thread ahead of the first call; what goes wrong is said by the call that then fails for it. */
  start(): void {
    void this.call("warm").catch(() => undefined);
  }

  /** @throws MmdinError what the desk throws; BUSY, RUNTIME where the thread dies. */
  call<K extends keyof CatalogueDesk>(
    method: K,
    ...args: Extract<DeskCall, { method: K }>["arguments"]
  ): Promise<DeskResult<K>> {
    if (this.#closed) return Promise.reject(new MmdinError("RUNTIME", "the ranker was closed"));
    if (this.#waiting.size >= MOST) {
      const fix = "Ask again in a moment.";
      return Promise.reject(new MmdinError("BUSY", "too much is asked of the catalogue already", { fix }));
    }
    return new Promise<unknown>((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#thread ??= this.#start();
      this.#thread.postMessage({ id, method, arguments: args });
    }) as Promise<DeskResult<K>>;
  }

  /** Counts events that are not in the run; a thread that starts later is told by its setup. */
  observe(observed: ObservedEvents): void {
    if (this.#thread !== undefined) void this.call("observe", observed).catch(() => undefined); // it died, and starts anew
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.#fail(new MmdinError("RUNTIME", "the ranker was closed"));
    if (thread !== undefined) await endThread(thread);
  }

  #start(): Worker {
    const thread = spawnWorker("catalogue-worker", { base: import.meta.url, workerData: this.#setup() });
    const end = (cause: unknown): void => {
      if (this.#thread === thread)
        this.#fail(new MmdinError("RUNTIME", "the thread of the catalogue ended", { cause }));
    };
    thread.on("message", (reply: DeskReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ("error" in reply) waiting?.reject(unpackError(reply.error));
      else waiting?.resolve(reply.answer);
    });
    thread.on("error", end);
    thread.on("exit", (code) => end(`exit code ${code}`));
    return thread;
  }

  #fail(error: MmdinError): void {
    this.#thread = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

import { MmdinError } from "../../errors.js";
import type { AskOptions, RankerObserver } from "../ranker-contract.js";
import { addUp } from "./observed-events.js";
import { busy, diedTwice, late, withdrawn } from "./pool-errors.js";
import { type Outcome, PoolWorker } from "./pool-worker.js";
import {
  type CatalogueUpdate,
  isLong,
  type ObservedEvents,
  type OpenedParts,
  type Task,
  type Work,
  type WorkAnswers,
  type WorkerSetup,
} from "./work.js";

export interface PoolOptions {
  run: string;
  workers: number;
  threads: number;
  device: WorkerSetup["device"];
  /** Questions that may wait. */
  queue: number;
  /** Whether candidates and explanations will be asked for. */
  complete: boolean;
  observer?: RankerObserver | undefined;
}

export interface PoolAskOptions extends AskOptions {
  /** Called when a worker takes the first part. */
  began?: () => void;
}

interface Lanes<T> {
  short: T;
  long: T;
}
const LANES = ["short", "long"] as const;
type Lane = (typeof LANES)[number];
const laneOf = (work: Work): Lane => (isLong(work) ? "long" : "short");

/** What somebody asked: one or several pieces of work, which any workers do in any order. */
interface Asked {
  lane: Lane;
  parts: { work: Work; index: number }[];
  answers: unknown[];
  left: number;
  settled: boolean;
  expires: number;
  /** Whether a part has begun. */
  begun: boolean;
  began: (() => void) | undefined;
  resolve(answers: unknown[]): void;
  reject(error: Error): void;
}

/** A part of a question that a worker has. */
interface Given {
  asked: Asked;
  work: Work;
  index: number;
  attempts: number;
}

/** Milliseconds between the death of a worker and its replacement: after the first, and at most. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 10_000;
/** A worker that has lived so long has nothing to do with those that died before it. */
const HEALTHY = 30_000;
/** Reports of events that workers which start are told one by one; older ones are added up. */
const MOST_OBSERVED = 64;
/** Pieces of work that one worker takes together. */
const TOGETHER = 16;
/** What they may weigh together (candidates to score). */
const WEIGHT = 1024;

/**
 * Worker threads that have one run open, and the questions that wait for them. First come, first served, a part at a time: of a question
 * of many parts, the others that wait come between. A worker that dies is replaced, and what it had is asked once more.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<PoolWorker>();
  readonly #given = new Map<number, Given>();
  /** Parts that a worker has died on: they go first, each alone. */
  readonly #again: Lanes<Given[]> = { short: [], long: [] };
  /** Short work and long, each in the order in which its next part comes. */
  readonly #queues: Lanes<Set<Asked>> = { short: new Set(), long: new Set() };
  #setup: WorkerSetup;
  #waiting = 0;
  #next = 0;
  #planned = false;
  #closed: MmdinError | undefined;
  #restarts = 0;
  #deathsInARow = 0;
  /** What workers that start have to be told, oldest first. */
  readonly #observed: ObservedEvents[] = [];
  /** Items that have changed since each worker that is starting was started. */
  readonly #missed = new Set<Set<number>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #emptied: (() => void)[] = [];

  private constructor(options: PoolOptions) {
    const { run, threads, device, complete } = options;
    this.#options = options;
    this.#setup = { run, threads, device, complete, catalogue: null, created: null };
  }

  /** @throws what keeps the run from being opened: see `openRun`. */
  static async open(options: PoolOptions): Promise<{ pool: WorkerPool; parts: OpenedParts }> {
    const pool = new WorkerPool(options);
    try {
      const parts = (await pool.#start())!;
      pool.#setup = { ...pool.#setup, catalogue: parts.catalogue, created: parts.manifest.created };
      await Promise.all(Array.from({ length: options.workers - 1 }, () => pool.#start()));
      return { pool, parts };
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  get status(): { wanted: number; ready: number; restarts: number } {
    return { wanted: this.#options.workers, ready: this.#workers.size, restarts: this.#restarts };
  }

  /** Pieces of work that workers have. */
  get busy(): number {
    return this.#given.size;
  }

  /** Questions of which no part has begun. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Does all of this work; answers are in its order.
   *
   * @throws MmdinError BUSY, DEADLINE, RUNTIME: see `Ranker`.
   */
  ask<K extends Work["kind"]>(
    work: readonly Extract<Work, { kind: K }>[],
    { deadline, signal, began }: PoolAskOptions = {},
  ): Promise<WorkAnswers[K][]> {
    if (this.#closed) return Promise.reject(this.#closed);
    const { queue, observer } = this.#options;
    if (this.#waiting >= queue) return Promise.reject(busy(queue));
    if (signal?.aborted) return Promise.reject(withdrawn(signal));
    return new Promise<unknown[]>((resolve, reject) => {
      const finish = (): void => {
        asked.settled = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#queues[asked.lane].delete(asked);
        if (!asked.begun) this.#waiting -= 1;
        this.#tellEmptied();
      };
      const asked: Asked = {
        lane: work[0] === undefined ? "short" : laneOf(work[0]),
        parts: work.map((each, index) => ({ work: each, index })),
        answers: [],
        left: work.length,
        settled: false,
        begun: false,
        began,
        expires: deadline === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadline,
        resolve: (answers) => {
          finish();
          resolve(answers);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      const onAbort = (): void => asked.reject(withdrawn(signal!));
      const timer = deadline === undefined ? undefined : setTimeout(() => asked.reject(late()), Math.max(0, deadline));
      signal?.addEventListener("abort", onAbort);
      this.#queues[asked.lane].add(asked);
      this.#waiting += 1;
      observer?.queue?.(this.#waiting);
      this.#plan();
    }) as Promise<WorkAnswers[K][]>;
  }

  /** Every worker takes a catalogue over, those that start from now on, too; resolves when all that are there have it. */
  async update(update: CatalogueUpdate): Promise<void> {
    this.#setup = { ...this.#setup, catalogue: update.catalogue };
    for (const missed of this.#missed) for (const item of update.items) missed.add(item);
    await Promise.all([...this.#workers].map((worker) => worker.update(update)));
  }

  /** Tells every worker, and those that start from now on, of events that are not in the run. */
  observe(observed: ObservedEvents): void {
    this.#observed.push(observed);
    for (const worker of this.#workers) worker.observe(observed);
    if (this.#observed.length > MOST_OBSERVED) this.#observed.splice(0, 2, addUp(this.#observed.slice(0, 2)));
  }

  /** Resolves when nothing is asked any more, at the latest after so many milliseconds. */
  async drained(most: number): Promise<void> {
    if (this.#quiet) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#emptied.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#closed ??= new MmdinError("RUNTIME", "the model was closed", { where: this.#options.run });
    for (const timer of this.#timers) clearTimeout(timer);
    for (const asked of [
      ...this.#queues.short,
      ...this.#queues.long,
      ...[...this.#given.values()].map(({ asked }) => asked),
    ])
      if (!asked.settled) asked.reject(this.#closed);
    const workers = [...this.#workers];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.end()));
  }

  /** Ends a worker as a crash would; for tests of what then happens. */
  async killOne(): Promise<void> {
    const [first] = this.#workers;
    await first?.kill();
  }

  get #quiet(): boolean {
    return this.#given.size === 0 && LANES.every((lane) => this.#queues[lane].size + this.#again[lane].length === 0);
  }

  #tellEmptied(): void {
    if (!this.#quiet) return;
    for (const tell of this.#emptied.splice(0)) tell();
  }

  /** Gives work out once everything that has come by now has come: what comes together goes together. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      for (const lane of LANES) this.#giveOut(lane);
      this.#options.observer?.queue?.(this.#waiting);
    });
  }

  #giveOut(lane: Lane): void {
    for (const worker of this.#workers) {
      if (!worker.idle(lane === "long")) continue;
      const tasks = this.#take(lane);
      if (tasks.length === 0) return;
      this.#options.observer?.batch?.(tasks.length);
      worker.give(tasks);
    }
  }

  #take(lane: Lane): Task[] {
    const [queue, again] = [this.#queues[lane], this.#again[lane]];
    for (let given = again.shift(); given !== undefined; given = again.shift()) {
      if (!given.asked.settled) return [this.#task(given)];
    }
    const tasks: Task[] = [];
    let weight = 0;
    while (tasks.length < (lane === "short" ? TOGETHER : 1) && weight < WEIGHT) {
      const [asked] = queue;
      const part = asked?.parts[0];
      if (asked === undefined || part === undefined) break;
      if (tasks.length > 0 && weight + weightOf(part.work) > WEIGHT) break;
      asked.parts.shift();
      if (!asked.begun) {
        asked.begun = true;
        this.#waiting -= 1;
        asked.began?.();
      }
      queue.delete(asked);
      if (asked.parts.length > 0) queue.add(asked);
      weight += weightOf(part.work);
      tasks.push(this.#task({ asked, ...part, attempts: 0 }));
    }
    return tasks;
  }

  #task(given: Given): Task {
    const id = this.#next++;
    this.#given.set(id, given);
    return { id, expires: given.asked.expires, work: given.work };
  }

  #done(id: number, outcome: Outcome): void {
    const given = this.#given.get(id);
    this.#given.delete(id);
    if (given !== undefined && !given.asked.settled) {
      const { asked, index } = given;
      if ("late" in outcome) asked.reject(late());
      else if ("error" in outcome) asked.reject(outcome.error);
      else {
        asked.answers[index] = outcome.answer;
        asked.left -= 1;
        if (asked.left === 0) asked.resolve(asked.answers);
      }
    }
    this.#plan();
    this.#tellEmptied();
  }

  async #start(): Promise<OpenedParts | null> {
    const since = Date.now();
    const missed = new Set<number>();
    this.#missed.add(missed);
    const { worker, ready } = PoolWorker.start(this.#setup, {
      done: (id, outcome) => this.#done(id, outcome),
      died: (reason) => this.#died(worker, { reason, lived: Date.now() - since }),
    });
    const parts = await ready.finally(() => this.#missed.delete(missed));
    if (this.#closed) {
      await worker.end();
      throw this.#closed;
    }
    const { catalogue } = this.#setup;
    for (const observed of this.#observed) worker.observe(observed);
    // Ahead of any question: a worker does what it is given in order.
    if (missed.size > 0 && catalogue !== null) void worker.update({ catalogue, items: Int32Array.from(missed).sort() });
    this.#workers.add(worker);
    this.#plan();
    return parts;
  }

  #died(worker: PoolWorker, { reason, lived }: { reason: Error; lived: number }): void {
    this.#workers.delete(worker);
    if (lived > HEALTHY) this.#deathsInARow = 0;
    for (const id of worker.tasks.keys()) {
      const given = this.#given.get(id);
      this.#given.delete(id);
      if (given === undefined || given.asked.settled) continue;
      if (given.attempts > 0) given.asked.reject(diedTwice(this.#options.run, reason));
      else this.#again[laneOf(given.work)].push({ ...given, attempts: 1 });
    }
    this.#replace(reason);
    this.#plan();
    this.#tellEmptied();
  }

  #replace(reason: Error): void {
    if (this.#closed) return;
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#deathsInARow, LONGEST_PAUSE);
    this.#deathsInARow += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#start().then(
        () => {
          this.#restarts += 1;
          this.#options.observer?.workerRestarted?.(reason.message);
        },
        (error: Error) => this.#replace(error),
      );
    }, pause);
    this.#timers.add(timer);
  }
}

/** Candidates to score; a search weighs as much as some hundred of them. */
function weightOf(work: Work): number {
  if (work.kind === "find") return 256;
  return (work.kind === "choose" ? work.question.request : work.request).candidates.length;
}

import type {
  CatalogueItem,
  FindItems,
  FoundItems,
  ModelSummary,
  NewItem,
  PutSummary,
  RankerAnswer,
  RankQuestion,
  RecommendQuestion,
  UserHistory,
} from "../api/contract.js";
import type { Event } from "../contract.js";
import { MmdinError } from "../errors.js";
import { type Answering, answerRank, answerRecommend } from "./ranker/answer-question.js";
import { checkFit } from "./ranker/check-fit.js";
import { checkId, wrong } from "./ranker/check-question.js";
import type { Picture } from "./ranker/item-pictures.js";
import { ItemShelf } from "./ranker/item-shelf.js";
import { LiveCounters } from "./ranker/live-counters.js";
import { LiveItems } from "./ranker/live-items.js";
import { modelSummary } from "./ranker/model-summary.js";
import { ServedRun } from "./ranker/served-run.js";
import { StoreLink } from "./ranker/store-link.js";
import { Turns } from "./ranker/turns.js";
import type { AskOptions, Ranker, RankerObserver, RankerOptions, RankerStatus } from "./ranker-contract.js";
import { openStore } from "./state/open-store.js";

const QUEUE = 256;
/** Milliseconds between looks for items that other servers have put, and for what was counted of all items. */
const LOOK_FOR_ITEMS = 500;
const LOOK_AT_COUNTERS = 30_000;
/** Items that may wait to be put. */
const PUTS = 64;
const USERS = 20;
const MOST_USERS = 1000;

/**
 * Opens a run for answering: workers that score, and a store of what changes.
 *
 * @throws MmdinError FORMAT where the folder is no run, STORE where the store does not answer, CONFIG for an option that cannot be.
 * @example
 * const ranker = await createRanker("runs/first", { store: "state", workers: 2 });
 * const { results } = await ranker.rank({ user: "42", candidates: ["50", "260"] });
 * await ranker.append([{ user: "42", item: "50", time: Date.now() / 1000, label: 1 }]);
 * await ranker.close();
 */
export async function createRanker(run: string, options: RankerOptions = {}): Promise<Ranker> {
  return RunRanker.open(run, options);
}

interface CheckedOptions {
  workers: number;
  threads: number;
  queue: number;
  clock: "now" | "log" | undefined;
  observer: RankerObserver;
}

/** A run that is served, with what comes to it from the store. */
interface Serving {
  run: ServedRun;
  items: LiveItems;
  counters: LiveCounters;
}

/** The ranker of a run; `createRanker` makes it. */
export class RunRanker implements Ranker {
  readonly #options: CheckedOptions;
  readonly #state: StoreLink;
  readonly #shelf: ItemShelf;
  #serving: Serving;
  /** One after the other: puts, looks into the store, the change to another run. */
  readonly #turns = new Turns(PUTS);
  readonly #timers: NodeJS.Timeout[];
  readonly #retiring = new Set<ServedRun>();
  #swapping = false;
  #closed = false;

  private constructor(serving: Serving, { state, options }: { state: StoreLink; options: CheckedOptions }) {
    this.#serving = serving;
    this.#state = state;
    this.#options = options;
    this.#shelf = new ItemShelf(state, options.observer);
    const failed = (error: Error): void => options.observer.storeFailed?.(error);
    this.#timers =
      state.store === null
        ? []
        : [
            every(LOOK_FOR_ITEMS, () => this.#lookForItems(), failed),
            every(LOOK_AT_COUNTERS, () => this.#lookAtCounters(), failed),
          ];
  }

  static async open(
    run: string,
    { store = "none", workers = 1, threads = 1, queue = QUEUE, clock, observer = {} }: RankerOptions,
  ): Promise<RunRanker> {
    for (const [name, value] of Object.entries({ workers, threads, queue })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      const expected = "a whole number of at least 1";
      throw new MmdinError("CONFIG", "not an option of a ranker", { where: name, expected, got: String(value) });
    }
    const options = { workers, threads, queue, clock, observer };
    const opened = store === "none" ? null : await openStore(store);
    try {
      const state = new StoreLink(opened, observer);
      return new RunRanker(await openServing(run, { state, options }), { state, options });
    } catch (error) {
      await opened?.close();
      throw error;
    }
  }

  /** For tests: what runs the model now. */
  get served(): ServedRun {
    return this.#serving.run;
  }

  model(): ModelSummary {
    return modelSummary(this.#serving.run);
  }

  rank(question: RankQuestion, options: AskOptions = {}): Promise<RankerAnswer> {
    return this.#using((run) => answerRank(question, options, this.#answering(run)));
  }

  recommend(question: RecommendQuestion, options: AskOptions = {}): Promise<RankerAnswer> {
    return this.#using((run) => answerRecommend(question, options, this.#answering(run)));
  }

  async append(events: readonly Event[]): Promise<void> {
    await this.#state.write((store) => store.append(events));
  }

  async user(id: string): Promise<UserHistory | null> {
    checkId(id, "user");
    if (this.#state.store === null) return null;
    const stored = await this.#state.write((store) => store.user(id));
    return stored && { user: id, history: [...stored.history], counters: stored.counters };
  }

  async users({ search, limit = USERS }: { search?: string; limit?: number } = {}): Promise<string[]> {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_USERS)
      throw wrong("limit", { expected: `a whole number from 1 to ${MOST_USERS}`, got: String(limit) });
    return this.#using((run) => run.desk.call("users", { search, limit }));
  }

  async forget(user: string): Promise<number> {
    checkId(user, "user");
    return this.#state.store === null ? 0 : this.#state.write((store) => store.forget(user));
  }

  async putItem(item: NewItem): Promise<PutSummary> {
    this.#state.require();
    const put = await this.#turns.next(() => this.#serving.items.put(item));
    return { item: (await this.item(item.id))!, ...put };
  }

  item(id: string): Promise<CatalogueItem | null> {
    return this.#using((run) => this.#shelf.item(id, run));
  }

  items(query: FindItems): Promise<FoundItems> {
    return this.#using((run) => this.#shelf.items(query, run));
  }

  picture(id: string, options: { width?: number } = {}): Promise<Picture | null> {
    const { items } = this.#serving;
    return this.#using((run) => this.#shelf.picture(id, options, { run, putAt: (of) => items.putAt(of) }));
  }

  neighbours(
    id: string,
    options: { modality: string; k?: number },
  ): Promise<{ item: CatalogueItem; cosine: number }[]> {
    return this.#using((run) => this.#shelf.neighbours(id, options, run));
  }

  async swap(run: string): Promise<ModelSummary> {
    this.#refuseClosed();
    if (this.#swapping)
      throw new MmdinError("BUSY", "another run is being taken over", { fix: "Ask again when that has ended." });
    this.#swapping = true;
    try {
      const next = await openServing(run, { state: this.#state, options: this.#options, now: this.#serving.run });
      const old = this.#serving;
      try {
        await this.#turns.next(async () => {
          this.#refuseClosed();
          const { store } = this.#state;
          // What was put while it was loaded.
          if (store !== null) await this.#state.write(() => next.items.refresh(store));
          this.#serving = next;
        });
      } catch (error) {
        await next.run.close();
        throw error;
      }
      // It answers what it has been asked.
      this.#retiring.add(old.run);
      void old.run.retire().finally(() => this.#retiring.delete(old.run));
      return this.model();
    } finally {
      this.#swapping = false;
    }
  }

  status(): RankerStatus {
    const { pool } = this.#serving.run;
    return {
      ready: !this.#closed,
      storeProblem: this.#state.problem,
      workers: pool.status,
      queue: { waiting: pool.waiting, most: this.#options.queue },
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#serving.run, ...this.#retiring].map((run) => run.close()));
    await this.#turns.ended();
    await this.#state.store?.close();
  }

  #using<T>(act: (run: ServedRun) => Promise<T>): Promise<T> {
    const { run } = this.#serving;
    return run.using(() => act(run));
  }

  #answering(run: ServedRun): Answering {
    return { run, state: this.#state, observer: this.#options.observer, clock: clockOf(run, this.#options) };
  }

  async #lookForItems(): Promise<void> {
    const { store } = this.#state;
    if (store === null || this.#turns.waiting > 0) return;
    await this.#turns.next(() => this.#state.write(() => this.#serving.items.refresh(store)));
  }

  async #lookAtCounters(): Promise<void> {
    const { run, counters } = this.#serving;
    await run.using(() => this.#state.write((store) => counters.refresh(store, clockOf(run, this.#options))));
  }

  #refuseClosed(): void {
    if (this.#closed) throw new MmdinError("RUNTIME", "the ranker was closed");
  }
}

/** Opens a run, with all that the store has for it. @param options.now the run whose place it takes, which it has to fit. */
async function openServing(
  name: string,
  { state, options, now }: { state: StoreLink; options: CheckedOptions; now?: ServedRun },
): Promise<Serving> {
  const run = await ServedRun.open(name, { ...options, device: "cpu", complete: true });
  try {
    if (now !== undefined) checkFit(run, now);
    run.desk.start();
    const failed = (error: Error): void => options.observer.storeFailed?.(error);
    const serving = { run, items: new LiveItems(run, { state, failed }), counters: new LiveCounters(run) };
    if (state.store !== null) {
      await state.write((store) => serving.items.refresh(store));
      await state.write((store) => serving.counters.refresh(store, clockOf(run, options)));
    }
    return serving;
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** Positions are compared with no clock of a machine. */
function clockOf({ catalogue }: ServedRun, { clock = "now" }: CheckedOptions): "now" | "log" {
  return catalogue.history.clock === "order" ? "log" : clock;
}

/** Does something again and again; what fails is tried again the next time, and was said to the observer. */
function every(milliseconds: number, act: () => Promise<void>, failed: (error: Error) => void): NodeJS.Timeout {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    act()
      .catch((error: Error) => {
        // What the store says, the link to it has said.
        if (!(error instanceof MmdinError && error.code === "STORE")) failed(error);
      })
      .finally(() => {
        busy = false;
      });
  }, milliseconds);
  timer.unref();
  return timer;
}

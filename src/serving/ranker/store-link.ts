import { MmdinError } from "../../errors.js";
import type { RankerObserver } from "../ranker-contract.js";
import type { StateStore } from "../state/state-store.js";

export const STORE_GONE = "the store does not answer: only what the request carries was used";

/** The store of a ranker, and whether it answers. Questions go on without it; what has to be stored does not. */
export class StoreLink {
  readonly store: StateStore | null;
  readonly #observer: RankerObserver;
  #problem: string | null = null;

  constructor(store: StateStore | null, observer: RankerObserver) {
    this.store = store;
    this.#observer = observer;
  }

  /** Null where it answered last, else why not. */
  get problem(): string | null {
    return this.#problem;
  }

  /** What the store has; where it does not answer or there is none, `without`, and what that means goes to the warnings. */
  async read<T>(
    act: (store: StateStore) => Promise<T>,
    { without, warnings }: { without: T; warnings: Set<string> },
  ): Promise<T> {
    if (this.store === null) return without;
    try {
      return await this.#watch(act);
    } catch (error) {
      if (!(error instanceof MmdinError && error.code === "STORE")) throw error;
      warnings.add(STORE_GONE);
      return without;
    }
  }

  /** @throws MmdinError STORE where there is none. */
  require(): StateStore {
    if (this.store !== null) return this.store;
    throw new MmdinError("STORE", "this ranker keeps nothing", {
      where: "store",
      expected: "a folder, or redis://host:port",
      got: "none",
      fix: "Start it with a store: the option `store`, or --store.",
    });
  }

  /** @throws MmdinError STORE where it does not answer, or there is none. */
  async write<T>(act: (store: StateStore) => Promise<T>): Promise<T> {
    this.require();
    return this.#watch(act);
  }

  async #watch<T>(act: (store: StateStore) => Promise<T>): Promise<T> {
    try {
      const answer = await act(this.store!);
      this.#problem = null;
      return answer;
    } catch (error) {
      if (error instanceof MmdinError && error.code === "STORE") {
        this.#problem = error.message;
        this.#observer.storeFailed?.(error);
      }
      throw error;
    }
  }
}

import { resolve } from "node:path";
import { type Catalogue, UNKNOWN_INDEX } from "../../data/columns.js";
import { IdIndex } from "../../data/index.js";
import { type IndexedRequest, withStepsRead } from "../../data/indexed-request.js";
import type { HistoryEvents } from "../../data/positive-history.js";
import type { Device } from "../../runtime/executor.js";
import type { RunManifest } from "../../training/run-folder.js";
import type { ExplainedCandidate } from "../explanation/explain-request.js";
import type { RankerObserver } from "../ranker-contract.js";
import type { Joined } from "./catalogue-desk.js";
import { CatalogueThread } from "./catalogue-thread.js";
import type { ChooseQuestion, Chosen, FindQuestion, Found, ObservedEvents, OpenedParts } from "./work.js";
import { type PoolAskOptions, WorkerPool } from "./worker-pool.js";

export interface ServeOptions {
  workers: number;
  threads: number;
  device: Device;
  queue: number;
  /** Whether candidates and explanations will be asked for: workers are then ready for them from the start. */
  complete: boolean;
  observer?: RankerObserver | undefined;
}

/** Candidates that are scored in one piece: more go in several, so that other questions come between. */
const PIECE = 1024;

/** A run as the thread that asks sees it: ids, titles and counters here, all computing in its workers and in the thread of its catalogue. */
export class ServedRun {
  /** The folder, as it was given. */
  readonly name: string;
  /** Items that the run itself has, without those that were put. */
  readonly ownItems: number;
  readonly manifest: RunManifest;
  readonly ids: { items: IdIndex; users: { indexOf(id: string): number } };
  readonly titles: string[];
  readonly pictures: string[];
  readonly history: HistoryEvents;
  /** What candidates cannot be found by, and why. */
  readonly warnings: readonly string[];
  readonly heads: readonly string[];
  readonly gates: readonly string[];
  readonly pool: WorkerPool;
  readonly desk: CatalogueThread;
  #catalogue: Catalogue;
  readonly #events = new Map<number, number>();
  #users = 0;
  #retired: (() => void) | undefined;

  private constructor(name: string, pool: WorkerPool, parts: OpenedParts) {
    this.name = name;
    this.ownItems = parts.itemIds.length - 1;
    this.pool = pool;
    this.manifest = parts.manifest;
    this.#catalogue = parts.catalogue;
    this.ids = {
      items: new IdIndex(parts.itemIds),
      users: parts.userIds === null ? { indexOf: () => UNKNOWN_INDEX } : new IdIndex(parts.userIds),
    };
    this.titles = parts.titles;
    this.pictures = parts.pictures;
    this.history = parts.history;
    this.warnings = parts.warnings;
    this.heads = parts.heads;
    this.gates = parts.gates;
    this.desk = new CatalogueThread(() => ({
      catalogue: this.#catalogue,
      ids: this.ids.items.ids,
      titles: this.titles,
      pictures: this.pictures,
      events: this.#events,
      root: this.manifest.dataset.root,
    }));
  }

  /** @throws MmdinError FORMAT where the folder is no run, damaged, or of another version. */
  static async open(run: string, options: ServeOptions): Promise<ServedRun> {
    const { pool, parts } = await WorkerPool.open({ run: resolve(run), ...options });
    return new ServedRun(run, pool, parts);
  }

  /** With all items that have joined. */
  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /** Null where the item has none, or is not known. */
  titleOf(id: string): string | null {
    return this.titles[this.ids.items.indexOf(id)] || null;
  }

  /** Logits of the candidates, in their order. */
  async score(asked: IndexedRequest, options: PoolAskOptions = {}): Promise<Float32Array> {
    const count = asked.candidates.length;
    const request = withStepsRead(asked, { history: this.history, length: this.#catalogue.history.length });
    const pieces = Array.from({ length: Math.ceil(count / PIECE) }, (_, piece) => {
      const [start, end] = [piece * PIECE, Math.min(count, (piece + 1) * PIECE)];
      return { kind: "score" as const, request: partOf(request, start, end) };
    });
    const answers = await this.pool.ask<"score">(pieces, options);
    const logits = new Float32Array(count);
    answers.forEach((answer, piece) => {
      logits.set(answer, piece * PIECE);
    });
    return logits;
  }

  /** Why the candidates get their logits, in their order. */
  async explain(request: IndexedRequest, options: PoolAskOptions = {}): Promise<ExplainedCandidate[]> {
    const items = [...request.candidates, ...request.history.map(({ item }) => item)];
    const titles = new Map(items.flatMap((item) => (this.titles[item] ? [[item, this.titles[item]] as const] : [])));
    const [answer] = await this.pool.ask<"explain">([{ kind: "explain", request, titles }], options);
    return answer!;
  }

  /** Items that have joined at the desk: when it resolves, every worker can rank them, and they are found by their ids. */
  async take({ catalogue, target, ids, titles, pictures }: Joined): Promise<void> {
    // New ones in the order of their indices; the desk gives one join after the other.
    const items = Int32Array.from(target).sort();
    await this.pool.update({ catalogue, items });
    this.#catalogue = catalogue;
    for (const [k, index] of target.entries()) {
      if (index === this.ids.items.ids.length) this.ids.items.add(ids[k]!);
      this.titles[index] = titles[k]!;
      this.pictures[index] = pictures[k]!;
    }
  }

  /** What is worth ranking for somebody. */
  async find(question: FindQuestion, options: PoolAskOptions = {}): Promise<Found> {
    const [found] = await this.pool.ask<"find">([{ kind: "find", question }], options);
    return found!;
  }

  /** The best of what was found. */
  async choose(asked: ChooseQuestion, options: PoolAskOptions = {}): Promise<Chosen[]> {
    const request = withStepsRead(asked.request, { history: this.history, length: this.#catalogue.history.length });
    const [chosen] = await this.pool.ask<"choose">([{ kind: "choose", question: { ...asked, request } }], options);
    return chosen!;
  }

  /** Counts events that are not in the run: for what is popular, and the order of items that are shown. */
  observe(observed: ObservedEvents): void {
    for (const [k, item] of observed.items.entries())
      this.#events.set(item, (this.#events.get(item) ?? 0) + observed.events[k]!);
    this.pool.observe(observed);
    this.desk.observe(observed);
  }

  /** Does something with the run, which is not closed before it has ended. */
  async using<T>(act: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await act();
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#retired?.();
    }
  }

  /** Closes once nobody uses it any more. */
  async retire(): Promise<void> {
    if (this.#users > 0) {
      await new Promise<void>((done) => {
        this.#retired = done;
      });
    }
    await this.close();
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.desk.close()]);
  }
}

/** The same request about some of its candidates. */
function partOf(request: IndexedRequest, start: number, end: number): IndexedRequest {
  const { candidates, itemCounters } = request;
  if (start === 0 && end === candidates.length) return request;
  return {
    ...request,
    candidates: candidates.slice(start, end),
    itemCounters: itemCounters && {
      count: itemCounters.count.slice(start, end),
      positives: itemCounters.positives.slice(start, end),
      means: Object.fromEntries(
        Object.entries(itemCounters.means).map(([name, { count, sum }]) => [
          name,
          { count: count.slice(start, end), sum: sum.slice(start, end) },
        ]),
      ),
    },
  };
}

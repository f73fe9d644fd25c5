import type {
  CatalogueItem,
  FindItems,
  FoundItems,
  ModelSummary,
  NewItem,
  PutSummary,
  RankerAnswer,
  RankerResult,
  RankQuestion,
  RecommendQuestion,
  UserHistory,
} from "../api/contract.js";
import type { Event } from "../contract.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { loadIds } from "../data/index.js";
import { indexRequest } from "../data/indexed-request.js";
import { MmdinError } from "../errors.js";
import { checkId, checkRankQuestion } from "./ranker/check-question.js";
import { ItemPictures, type Picture } from "./ranker/item-pictures.js";
import { modelSummary } from "./ranker/model-summary.js";
import { personState } from "./ranker/person-state.js";
import { probabilityOf, rankedRows } from "./ranker/ranked.js";
import { ServedRun } from "./ranker/served-run.js";
import { findItems, nearestItems, type ShownParts, shownItem } from "./ranker/shown-items.js";
import { StoreLink } from "./ranker/store-link.js";
import type { AskOptions, Ranker, RankerObserver, RankerOptions, RankerStatus } from "./ranker-contract.js";
import { openStore } from "./state/open-store.js";

const QUEUE = 256;
const DEADLINE = 1000;

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
}

/** The ranker of a run; `createRanker` makes it. */
export class RunRanker implements Ranker {
  readonly #options: CheckedOptions;
  readonly #observer: RankerObserver;
  readonly #state: StoreLink;
  readonly #pictures: ItemPictures;
  #run: ServedRun;
  #userIds: string[] | undefined;
  #closed = false;

  private constructor(
    run: ServedRun,
    { state, observer, options }: { state: StoreLink; observer: RankerObserver; options: CheckedOptions },
  ) {
    this.#run = run;
    this.#state = state;
    this.#observer = observer;
    this.#options = options;
    this.#pictures = new ItemPictures(observer);
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
    const options = { workers, threads, queue, clock };
    const served = await ServedRun.open(run, { ...options, device: "cpu", observer });
    try {
      const opened = store === "none" ? null : await openStore(store);
      return new RunRanker(served, { state: new StoreLink(opened, observer), observer, options });
    } catch (error) {
      await served.close();
      throw error;
    }
  }

  /** For tests: what runs the model now. */
  get served(): ServedRun {
    return this.#run;
  }

  model(): ModelSummary {
    return modelSummary(this.#run);
  }

  async rank(question: RankQuestion, options: AskOptions = {}): Promise<RankerAnswer> {
    checkRankQuestion(question);
    const begin = performance.now();
    const { deadline = DEADLINE } = options;
    const run = this.#run;
    const { catalogue, ids } = run;
    const warnings = new Set<string>();
    const asked = question.user !== undefined && question.history === undefined ? question.user : null;
    const [stored, counted] = await Promise.all([
      this.#state.read(async (store) => (asked === null ? null : store.user(asked)), { without: null, warnings }),
      this.#state.read((store) => store.itemCounters(question.candidates), { without: [], warnings }),
    ]);
    const person = personState(question, { stored, catalogue, clock: this.#clock(run) });
    const request = indexRequest(
      {
        ...question,
        history: person.history,
        time: person.time,
        ...(person.counters && { statistics: { user: person.counters } }),
      },
      { catalogue, ids, counted },
    );
    const spent: Record<string, number> = {};
    let last = begin;
    const stage = (name: string): void => {
      const now = performance.now();
      spent[name] = now - last;
      this.#observer.stage?.(name, now - last);
      last = now;
    };
    stage("state");
    const left = { ...options, deadline: deadline - (performance.now() - begin), began: () => stage("queue") };
    let results: RankerResult[];
    if (question.explain) {
      const explained = await run.explain(request, left);
      stage("explain");
      const logits = Float32Array.from(explained, ({ logit }) => logit);
      results = rankedRows(logits).map((row) => {
        const { explanation, reason } = explained[row]!;
        return { ...resultOf(row, logits, { question, run }), reason, explanation };
      });
    } else {
      const logits = await run.score(request, left);
      stage("score");
      results = rankedRows(logits).map((row) => resultOf(row, logits, { question, run }));
    }
    spent.total = performance.now() - begin;
    this.#observer.stage?.("total", spent.total);
    return {
      results,
      unknown: unknownOf(question, run),
      warnings: [...warnings],
      model: { run: run.name, name: run.manifest.model, created: run.manifest.created },
      spent,
    };
  }

  async recommend(_question: RecommendQuestion, _options: AskOptions = {}): Promise<RankerAnswer> {
    throw new MmdinError("REQUEST", "recommendations are not there yet");
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

  async users({ search = "", limit = 20 }: { search?: string; limit?: number } = {}): Promise<string[]> {
    this.#userIds ??= loadIds(this.#run.catalogue, "users").slice(1).sort();
    const wanted = search.toLowerCase();
    return this.#userIds.filter((id) => id.toLowerCase().includes(wanted)).slice(0, limit);
  }

  async forget(user: string): Promise<number> {
    checkId(user, "user");
    if (this.#state.store === null) return 0;
    return this.#state.write((store) => store.forget(user));
  }

  async putItem(_item: NewItem): Promise<PutSummary> {
    throw new MmdinError("REQUEST", "putting items is not there yet");
  }

  async item(id: string): Promise<CatalogueItem | null> {
    checkId(id, "id");
    const index = this.#run.ids.items.indexOf(id);
    if (index === UNKNOWN_INDEX) return null;
    return (await this.#shown([index], this.#run))[0]!;
  }

  async items(query: FindItems): Promise<FoundItems> {
    const run = this.#run;
    if (query.filters !== undefined) throw new MmdinError("REQUEST", "filters are not there yet", { where: "filters" });
    const { items, total } = findItems(query, { catalogue: run.catalogue, ids: run.ids.items.ids, titles: run.titles });
    return { items: await this.#shown(items, run), total };
  }

  async picture(id: string, { width }: { width?: number } = {}): Promise<Picture | null> {
    checkId(id, "id");
    const { ids, pictures, manifest } = this.#run;
    const path = pictures[ids.items.indexOf(id)] ?? "";
    if (path === "") return null;
    return this.#pictures.of(path, { root: manifest.dataset.root, width });
  }

  async neighbours(
    id: string,
    { modality, k }: { modality: string; k?: number },
  ): Promise<{ item: CatalogueItem; cosine: number }[]> {
    checkId(id, "id");
    const run = this.#run;
    const index = run.ids.items.indexOf(id);
    if (index === UNKNOWN_INDEX)
      throw new MmdinError("REQUEST", "there is no such item", { where: "id", got: JSON.stringify(id) });
    const near = nearestItems(index, { catalogue: run.catalogue, modality, k });
    const items = await this.#shown(
      near.map(({ item }) => item),
      run,
    );
    return near.map(({ cosine }, at) => ({ item: items[at]!, cosine }));
  }

  async swap(_run: string): Promise<ModelSummary> {
    throw new MmdinError("REQUEST", "taking another run over is not there yet");
  }

  status(): RankerStatus {
    const { pool } = this.#run;
    return {
      ready: !this.#closed && pool.status.ready > 0,
      storeProblem: this.#state.problem,
      workers: pool.status,
      queue: { waiting: pool.waiting, most: this.#options.queue },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#run.close();
    await this.#state.store?.close();
  }

  #clock({ catalogue }: ServedRun): "now" | "log" {
    return this.#options.clock ?? (catalogue.history.clock === "order" ? "log" : "now");
  }

  /** Items with what was counted of them since the log. */
  async #shown(items: readonly number[], run: ServedRun): Promise<CatalogueItem[]> {
    const parts = partsOf(run);
    const shown = items.map((index) => shownItem(index, parts));
    const ids = shown.map(({ id }) => id);
    const counted = await this.#state.read((store) => store.itemCounters(ids), { without: [], warnings: new Set() });
    return shown.map((item, at) => {
      const { count = 0, positives = 0 } = counted[at] ?? {};
      const { counters } = item;
      return { ...item, counters: { count: counters.count + count, positives: counters.positives + positives } };
    });
  }
}

function partsOf({ catalogue, ids, titles, pictures, ownItems }: ServedRun): ShownParts {
  return { catalogue, ids: ids.items.ids, titles, pictures, own: ownItems };
}

/** Ids of the question that the catalogue does not have. */
function unknownOf({ candidates, history = [] }: RankQuestion, { ids }: ServedRun): string[] {
  const all = [...candidates, ...history.map(({ item }) => item)];
  return [...new Set(all.filter((id) => ids.items.indexOf(id) === UNKNOWN_INDEX))];
}

function resultOf(
  row: number,
  logits: Float32Array,
  { question, run }: { question: RankQuestion; run: ServedRun },
): RankerResult {
  const [item, logit] = [question.candidates[row]!, logits[row]!];
  return { item, probability: probabilityOf(logit), logit, title: run.titleOf(item), source: "request", reason: null };
}

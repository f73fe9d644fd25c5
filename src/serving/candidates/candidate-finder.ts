import type { Catalogue } from "../../data/columns.js";
import type { CandidateTables } from "../../training/candidate-tables.js";
import { CoVisited } from "./co-visited.js";
import { type HistoryIndices, poolHistory, type WeightedStep, weighHistory } from "./history-weights.js";
import type { ItemVectorMaker } from "./item-vectors.js";
import { type Candidate, mergeSources } from "./merge-sources.js";
import { newItems } from "./new-items.js";
import { type Observed, Popular } from "./popular.js";
import { topItems } from "./top-items.js";
import { VectorSearch } from "./vector-search.js";

export interface CandidateFinderOptions {
  catalogue: Catalogue;
  /** Null where there is nothing to compare items by; closed with the finder. */
  vectors: ItemVectorMaker | null;
  /** Null where the run has none and its dataset is not at hand: no co-visits, and popularity by all positives alike. */
  tables: CandidateTables | null;
  /** Threads that share one product; default 1. */
  threads?: number;
}

export interface CandidateQuestion {
  history: HistoryIndices;
  /** Candidates at most; default 500. */
  most?: number;
  /** Items that shall not come, those of the history among them where they are not to be shown again. */
  exclude: ReadonlySet<number>;
  /** What filters let through; default everything. */
  allows?: (item: number) => boolean;
  /** Decides which new items come; default "" and 0. */
  user?: string;
  time?: number;
}

/** Shares of the sources among the candidates, in the order in which they give theirs; see docs/serving.md for what others found. */
const SHARES = { similar: 0.3, "co-visited": 0.4, popular: 0.25, new: 0.05 } as const;
const MOST = 500;

/**
 * Finds what is worth ranking for somebody, out of a whole catalogue: items similar to those of the history, liked by people who liked
 * them, popular, and new. All work is on catalogue indices; filters hold before anything is cut.
 *
 * Every item of a catalogue that is no larger than `most` is a candidate, whatever the model, the modalities and the history.
 */
export class CandidateFinder {
  #catalogue: Catalogue;
  readonly #vectors: ItemVectorMaker | null;
  readonly #search: VectorSearch | null;
  readonly #coVisited: CoVisited | null;
  readonly #popular: Popular;

  private constructor({ catalogue, vectors, tables }: CandidateFinderOptions, search: VectorSearch | null) {
    this.#catalogue = catalogue;
    this.#vectors = vectors;
    this.#search = search;
    this.#coVisited = tables && new CoVisited(tables.coVisits, catalogue.items.count);
    this.#popular = new Popular(catalogue, tables?.popularity ?? null);
  }

  static async create(options: CandidateFinderOptions): Promise<CandidateFinder> {
    const { vectors, catalogue, threads = 1 } = options;
    const search = vectors && (await VectorSearch.create(vectors.dimension, { threads }));
    const finder = new CandidateFinder(options, search);
    await finder.update(
      catalogue,
      Int32Array.from({ length: catalogue.items.count }, (_, item) => item),
    );
    return finder;
  }

  async find({
    history,
    most = MOST,
    exclude,
    allows: passes = () => true,
    user = "",
    time = 0,
  }: CandidateQuestion): Promise<Candidate[]> {
    const allows = (item: number): boolean => passes(item) && !exclude.has(item);
    const steps = weighHistory(history);
    const options = { count: most, allows };
    const { trained, count: items } = this.#catalogue.items;
    const share = Math.max(1, Math.round(SHARES.new * most));
    return mergeSources(
      [
        { source: "similar", share: SHARES.similar, items: await this.#similar(steps, options) },
        { source: "co-visited", share: SHARES["co-visited"], items: this.#liked(steps, options) },
        { source: "popular", share: SHARES.popular, items: this.#popular.find(options) },
        { source: "new", share: SHARES.new, items: newItems({ trained, items, share, user, time, ...options }) },
      ],
      { most },
    );
  }

  /** Items whose vectors have a positive product with the pooled history, the largest first. */
  async #similar(
    steps: readonly WeightedStep[],
    options: { count: number; allows: (item: number) => boolean },
  ): Promise<Int32Array> {
    const search = this.#search;
    if (search === null || steps.length === 0) return new Int32Array(0);
    const query = poolHistory(steps, { dimension: search.dimension, row: (item) => search.row(item) });
    return topItems(await search.products(query), { above: 0, ...options });
  }

  #liked(steps: readonly WeightedStep[], options: { count: number; allows: (item: number) => boolean }): Int32Array {
    return this.#coVisited?.find(steps, options) ?? new Int32Array(0);
  }

  /**
   * The step of the history, by its place, that did the most to make an item a candidate: the largest w_t x_t . x_i where it is similar, the largest
   * w_t sim(i_t, i) where it is co-visited. Null for other sources.
   */
  because({ item, source }: Candidate, history: HistoryIndices): number | null {
    if (source !== "similar" && source !== "co-visited") return null;
    let most = 0;
    let because: number | null = null;
    for (const step of weighHistory(history)) {
      const said =
        step.weight * (source === "similar" ? this.#cosine(step.item, item) : this.#coVisit(step.item, item));
      if (said <= most) continue;
      most = said;
      because = step.step;
    }
    return because;
  }

  #cosine(a: number, b: number): number {
    const [x, y] = [this.#search?.row(a) ?? [], this.#search?.row(b) ?? []];
    let product = 0;
    for (let d = 0; d < x.length; d++) product += x[d]! * y[d]!;
    return product;
  }

  #coVisit(a: number, b: number): number {
    return this.#coVisited?.similarity(a, b) ?? 0;
  }

  /**
   * How alike every two of these items are, [n, n]: cosines of their vectors; where there are none, co-visits. Null where there are
   * neither.
   */
  async similarities(items: Int32Array): Promise<Float32Array | null> {
    return (await this.#search?.pairs(items)) ?? this.#coVisited?.pairs(items) ?? null;
  }

  /** Counts an event that is not in the run's log; unknown items are passed over. */
  observe(item: number, observed: Observed): void {
    this.#popular.observe(item, observed);
  }

  /** Events of an item, those of the log and those observed. */
  events(item: number): number {
    return this.#popular.events(item);
  }

  /** Takes over a catalogue in which these items were added or got other content; nothing else is computed again. */
  async update(catalogue: Catalogue, changed: Int32Array): Promise<void> {
    const made = await this.#vectors?.make(catalogue, changed);
    if (made !== undefined) this.#search?.set(changed, made);
    this.#coVisited?.grow(catalogue.items.count);
    this.#popular.grow(catalogue.items.count);
    this.#catalogue = catalogue;
  }

  async close(): Promise<void> {
    await Promise.all([this.#search?.close(), this.#vectors?.close()]);
  }
}

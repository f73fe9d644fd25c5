import type { BatchSourceColumns } from "../../data/batch.js";
import type { Catalogue } from "../../data/columns.js";
import type { IndexedRequest } from "../../data/indexed-request.js";
import { indexedColumns } from "../../data/request-columns.js";
import type { Builder } from "../../nn/builder.js";
import type { Device } from "../../runtime/executor.js";
import { keptShift } from "../../training/run-calibration.js";
import type { OpenedRun } from "../../training/run-folder.js";
import type { Weights } from "../../training/weights.js";
import {
  type CandidateFinder,
  compileCap,
  compileFilters,
  diversify,
  openCandidateFinder,
} from "../candidates/index.js";
import { type ExplainedCandidate, explainRequest } from "../explanation/explain-request.js";
import { Explainer } from "../explanation/explainer.js";
import { RequestScorer } from "../request-scorer.js";
import { rankedRows } from "./ranked.js";
import { cellsOf, groupRequests, SMALL } from "./together.js";
import type {
  CatalogueUpdate,
  ChooseQuestion,
  Chosen,
  FindQuestion,
  Found,
  ObservedEvents,
  Work,
  WorkAnswer,
  WorkerSetup,
} from "./work.js";

/** All that can be asked of one run: what a worker thread does, without the thread. */
export class RunDesk {
  /** What candidates cannot be found by, and why. */
  readonly warnings: readonly string[];
  readonly #run: OpenedRun;
  /** For requests of many candidates: what is prepared of the history is shared, where the model can. */
  readonly #scorer: RequestScorer;
  /** For small ones, several at a time: each row has a history of its own. */
  readonly #small: RequestScorer;
  readonly #makeExplainer: () => Promise<Explainer>;
  #explainer: Promise<Explainer> | undefined;
  readonly #finder: CandidateFinder | null;
  #catalogue: Catalogue;

  private constructor(
    run: OpenedRun,
    {
      scorer,
      small,
      makeExplainer,
      found,
    }: {
      scorer: RequestScorer;
      small: RequestScorer;
      makeExplainer: () => Promise<Explainer>;
      found: { finder: CandidateFinder; warnings: string[] } | null;
    },
  ) {
    this.#run = run;
    this.#catalogue = run.catalogue;
    this.#scorer = scorer;
    this.#small = small;
    this.#makeExplainer = makeExplainer;
    this.#finder = found?.finder ?? null;
    this.warnings = found?.warnings ?? [];
  }

  static async open(
    run: OpenedRun,
    { threads, device, complete }: Pick<WorkerSetup, "threads" | "complete"> & { device: Device },
  ): Promise<RunDesk> {
    const { catalogue, model, calibration } = run;
    let read: Weights | undefined;
    const weights = (builder: Builder): Weights => {
      read ??= run.weights(builder);
      return read;
    };
    const shift = keptShift(catalogue, { split: "request" });
    const options = { catalogue, threads, device, calibration, shift };
    const scorer = await RequestScorer.create(model, weights, options);
    const desk = new RunDesk(run, {
      scorer,
      small: model.sharesHistory
        ? await RequestScorer.create({ ...model, sharesHistory: false }, weights, options)
        : scorer,
      makeExplainer: () => Explainer.create(model, weights, options),
      found: complete ? await openCandidateFinder({ ...run, weights }, { threads }) : null,
    });
    if (complete) await desk.#explaining;
    return desk;
  }

  /** @param options.late asked in the middle of long work: true gives it up. */
  do(work: Work, { late }: { late: () => boolean }): Promise<WorkAnswer> {
    switch (work.kind) {
      case "score":
        return this.#score(this.#columns(work.request));
      case "explain":
        return this.#explain(work, late);
      case "find":
        return this.#find(work.question);
      case "choose":
        return this.#choose(work.question);
    }
  }

  /** Logits of several requests; small ones are scored together. */
  async scoreAll(requests: readonly IndexedRequest[]): Promise<Float32Array[]> {
    const columns = requests.map((request) => this.#columns(request));
    const logits: Float32Array[] = [];
    const { small, large } = groupRequests(columns);
    for (const { places, columns: merged } of small) {
      const all = await this.#small.score(merged);
      let at = 0;
      for (const place of places) {
        const { count } = columns[place]!.rows;
        logits[place] = all.slice(at, at + count);
        at += count;
      }
    }
    for (const place of large) logits[place] = await this.#scorer.score(columns[place]!);
    return logits;
  }

  /** Takes a catalogue over in which these items are new, or have changed. */
  async update({ catalogue, items }: CatalogueUpdate): Promise<void> {
    await this.#scorer.extend(catalogue, items);
    if (this.#small !== this.#scorer) await this.#small.extend(catalogue, items);
    await this.#finder?.update(catalogue, items);
    this.#catalogue = catalogue;
  }

  async observe({ items, events, positives, time }: ObservedEvents): Promise<void> {
    for (const [k, item] of items.entries())
      this.#finder?.observe(item, { events: events[k]!, positives: positives[k]!, time });
  }

  get #explaining(): Promise<Explainer> {
    this.#explainer ??= this.#makeExplainer();
    return this.#explainer;
  }

  #score(columns: BatchSourceColumns): Promise<Float32Array> {
    return (cellsOf(columns) > SMALL ? this.#scorer : this.#small).score(columns);
  }

  #columns(request: IndexedRequest): BatchSourceColumns {
    return indexedColumns(request, { catalogue: this.#catalogue, history: this.#run.model.history });
  }

  async #explain(
    { request, titles }: Extract<Work, { kind: "explain" }>,
    late: () => boolean,
  ): Promise<ExplainedCandidate[]> {
    const steps = request.history.map(({ id, time, label }) => ({
      item: id,
      ...(Number.isNaN(time) ? {} : { time }),
      ...(label !== null && { label }),
    }));
    const titleOf = (item: number): string | null => titles.get(item) ?? null;
    return explainRequest(await this.#explaining, this.#columns(request), { steps, titleOf, late });
  }

  async #find({ filters, ids, exclude, ...question }: FindQuestion): Promise<Found> {
    const indexOf = (id: string | number): number => ids.get(String(id)) ?? 0;
    const { allows, warnings } = compileFilters(filters, { catalogue: this.#catalogue, ids: { indexOf } });
    const found = await this.#candidates.find({ ...question, allows, exclude: new Set(exclude) });
    return {
      items: Int32Array.from(found, ({ item }) => item),
      sources: found.map(({ source }) => source),
      warnings,
    };
  }

  async #choose({ request, sources, history, k, diversity, cap }: ChooseQuestion): Promise<Chosen[]> {
    const finder = this.#candidates;
    const { candidates } = request;
    const compiled = cap && compileCap(cap, this.#catalogue);
    const logits = await this.#score(this.#columns(request));
    const rows = rankedRows(logits);
    const best = rows.map((row) => ({ item: candidates[row]!, logit: logits[row]! }));
    const similarity = diversity > 0 ? await finder.similarities(Int32Array.from(best, ({ item }) => item)) : null;
    return diversify(best, { k, diversity, similarity, cap: compiled }).map((place) => {
      const row = rows[place]!;
      const item = candidates[row]!;
      const because = finder.because({ item, source: sources[row]! }, history);
      return { row, logit: logits[row]!, because, events: finder.events(item) };
    });
  }

  get #candidates(): CandidateFinder {
    if (this.#finder === null) throw new TypeError("this worker was not opened for finding candidates");
    return this.#finder;
  }
}

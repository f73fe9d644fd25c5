import { parseRequest } from "../config/request.js";
import type { RankedItem, RankRequest, RankResponse } from "../contract.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { indexRequest } from "../data/indexed-request.js";
import { MmdinError } from "../errors.js";
import type { Device } from "../runtime/executor.js";
import type { RunManifest } from "../training/run-folder.js";
import type { ExplainedCandidate } from "./explanation/explain-request.js";
import { MOST_EXPLAINED } from "./ranker/check-question.js";
import { probabilityOf, ranked } from "./ranker/ranked.js";
import { ServedRun } from "./ranker/served-run.js";

export interface LoadModelOptions {
  /** Threads that share one operation; default 1, which answers small requests fastest. */
  threads?: number | undefined;
  /** Default "cpu". */
  device?: string | undefined;
}

/** A candidate with its probability, and why it got it. */
export type ExplainedItem = RankedItem & ExplainedCandidate & { title: string | null };

/** A trained model, ready to rank. Scores in a thread of its own; the event loop stays free. */
export class Model {
  readonly #run: ServedRun;

  private constructor(run: ServedRun) {
    this.#run = run;
  }

  static async load(run: string, { threads = 1, device = "cpu" }: LoadModelOptions = {}): Promise<Model> {
    const options = { workers: 1, threads, device: device as Device, queue: Number.POSITIVE_INFINITY, complete: false };
    return new Model(await ServedRun.open(run, options));
  }

  get manifest(): RunManifest {
    return this.#run.manifest;
  }

  /**
   * How likely the person of the request wants each candidate now, best first.
   *
   * @throws MmdinError REQUEST where the request is not what it should be, RUNTIME after `close`.
   */
  async rank(request: RankRequest): Promise<RankResponse> {
    const asked = parseRequest(request);
    const logits = await this.#run.score(indexRequest(asked, this.#run));
    return ranked(asked.candidates, logits);
  }

  /**
   * As `rank`, and why: of each candidate what each step of the history did to its logit, attention weights, gates, and one sentence. At
   * most 20 candidates.
   *
   * @throws MmdinError REQUEST where the request is not what it should be, RUNTIME after `close`.
   */
  async explain(request: RankRequest): Promise<ExplainedItem[]> {
    const asked = parseRequest(request);
    if (asked.candidates.length > MOST_EXPLAINED) {
      throw new MmdinError("REQUEST", "too many candidates to explain", {
        where: "candidates",
        expected: `at most ${MOST_EXPLAINED}`,
        got: String(asked.candidates.length),
        fix: "Rank them, then explain the best",
      });
    }
    const explained = await this.#run.explain(indexRequest(asked, this.#run));
    const items = explained.map((candidate, row): ExplainedItem => {
      const item = asked.candidates[row]!;
      const probability = probabilityOf(candidate.logit);
      return { item, title: this.#run.titleOf(item), probability, ...candidate };
    });
    return items.sort((a, b) => b.logit - a.logit);
  }

  /** Which of these items the run knows, in their order. Others are scored as an item of which nothing is known. */
  async knows(items: readonly string[]): Promise<boolean[]> {
    return items.map((item) => this.#run.ids.items.indexOf(item) !== UNKNOWN_INDEX);
  }

  async close(): Promise<void> {
    await this.#run.close();
  }
}

/**
 * Loads a run folder for ranking.
 *
 * @throws MmdinError FORMAT where the folder is no run, damaged, or of another version.
 * @example
 * const model = await loadModel("runs/first");
 * const ranked = await model.rank({ history: [{ item: "1" }, { item: "47" }], candidates: ["50", "260"] });
 * await model.close();
 */
export function loadModel(run: string, options: LoadModelOptions = {}): Promise<Model> {
  return Model.load(run, options);
}

import { resolve } from "node:path";
import type { Worker } from "node:worker_threads";
import { parseRequest } from "../config/request.js";
import type { RankRequest, RankResponse } from "../contract.js";
import { MmdinError } from "../errors.js";
import { type PackedError, unpackError } from "../runtime/job.js";
import { spawnWorker } from "../runtime/spawn-worker.js";
import { type RunManifest, readRunManifest } from "../training/run-folder.js";
import type { Answer, ExplainedItem, Question } from "./rank-worker.js";

export interface LoadModelOptions {
  /** Threads that share one operation; default 1, which answers small requests fastest. */
  threads?: number | undefined;
  /** Default "cpu". */
  device?: string | undefined;
}

/** Candidates of one explanation. */
export const MOST_EXPLAINED = 20;

type Reply = { ready: true } | { id: number; answer: Answer } | { id?: number; error: PackedError };

/** A trained model, ready to rank. Scores in a thread of its own; the event loop stays free. */
export class Model {
  readonly manifest: RunManifest;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #next = 0;
  #closed: Error | undefined;

  private constructor(manifest: RunManifest, worker: Worker) {
    this.manifest = manifest;
    this.#worker = worker;
  }

  static async load(run: string, { threads = 1, device = "cpu" }: LoadModelOptions = {}): Promise<Model> {
    const manifest = readRunManifest(run);
    const worker = spawnWorker("rank-worker", {
      base: import.meta.url,
      workerData: { run: resolve(run), threads, device },
    });
    const model = new Model(manifest, worker);
    await new Promise<void>((ready, reject) => {
      worker.on("message", (reply: Reply) => {
        if ("ready" in reply) ready();
        else if (reply.id === undefined) reject(unpackError((reply as { error: PackedError }).error));
        else model.#answer(reply as Exclude<Reply, { ready: true }> & { id: number });
      });
      worker.on("error", (error) => {
        model.#fail(error);
        reject(error);
      });
    }).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    return model;
  }

  /**
   * How likely the person of the request wants each candidate now, best first.
   *
   * @throws MmdinError REQUEST where the request is not what it should be, RUNTIME after `close`.
   */
  async rank(request: RankRequest): Promise<RankResponse> {
    return (await this.#ask({ request: parseRequest(request) })) as RankResponse;
  }

  /**
   * As `rank`, and why: of each candidate what each step of the history did to its logit, attention weights, gates, and one sentence. At
   * most 20 candidates.
   *
   * @throws MmdinError REQUEST where the request is not what it should be, RUNTIME after `close`.
   */
  async explain(request: RankRequest): Promise<ExplainedItem[]> {
    const explain = parseRequest(request);
    if (explain.candidates.length > MOST_EXPLAINED) {
      throw new MmdinError("REQUEST", "too many candidates to explain", {
        where: "candidates",
        expected: `at most ${MOST_EXPLAINED}`,
        got: String(explain.candidates.length),
        fix: "Rank them, then explain the best",
      });
    }
    return (await this.#ask({ explain })) as ExplainedItem[];
  }

  /**
   * Which of these items the run knows, in their order. Others are scored as an item of which nothing is known.
   *
   * @throws MmdinError RUNTIME after `close`.
   */
  async knows(items: readonly string[]): Promise<boolean[]> {
    return (await this.#ask({ items })) as boolean[];
  }

  async close(): Promise<void> {
    this.#fail(new MmdinError("RUNTIME", "the model was closed"));
    await this.#worker.terminate();
  }

  async #ask(question: Question): Promise<Answer> {
    if (this.#closed) throw new MmdinError("RUNTIME", "the model is closed", { cause: this.#closed });
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...question });
    });
  }

  #answer(reply: { id: number } & ({ answer: Answer } | { error: PackedError })): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("answer" in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(unpackError(reply.error));
  }

  #fail(error: Error): void {
    this.#closed = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
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

import { assembleRequest, type BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import type { Catalogue } from "../data/columns.js";
import { substitute } from "../graph/index.js";
import type { LogitMap } from "../metrics/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import { calibrated } from "../nn/calibrated.js";
import { type Device, Executor } from "../runtime/executor.js";
import { FeedMaker } from "../training/feeds.js";
import { type ItemTensors, planOf } from "../training/item-tensors.js";
import { computeKnown } from "../training/known-tensors.js";
import type { Weights } from "../training/weights.js";

export interface RequestScorerOptions {
  catalogue: Catalogue;
  /** Threads that share one operation. */
  threads: number;
  device: Device;
  calibration: LogitMap;
  /** Added to calibrated logits: see `keptShift`. */
  shift: number;
}

interface ScorerParts {
  items: ItemTensors;
  plan: BatchPlan;
  history: "own" | "one";
}

/**
 * Scores the candidates of one person at a time. What belongs to the weights or to an item alone is computed when it is made; a request
 * computes the history once for all candidates, where the model can (`sharesHistory`).
 */
export class RequestScorer {
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;
  readonly #items: ItemTensors;
  readonly #plan: BatchPlan;
  readonly #history: "own" | "one";
  /** What is fed lies in buffers that a run reads in a later turn of the event loop: one request at a time fills them. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(executor: Executor, feedMaker: FeedMaker, { items, plan, history }: ScorerParts) {
    this.#executor = executor;
    this.#feedMaker = feedMaker;
    this.#items = items;
    this.#plan = plan;
    this.#history = history;
  }

  static async create(
    model: ConfiguredModel,
    weightsOf: (builder: Builder) => Weights,
    { catalogue, threads, device, calibration, shift }: RequestScorerOptions,
  ): Promise<RequestScorer> {
    const history = model.sharesHistory ? "one" : "own";
    const inParts = { longest: catalogue.history.length, units: unitsAtATime(threads) };
    const builder = new Builder({ training: false, history, inParts });
    const { logits: raw } = model.forward(builder, { catalogue });
    const weights = weightsOf(builder);
    const logits = calibrated(raw, calibration, { shift });
    const known = await computeKnown([logits], { builder, weights, catalogue, threads });
    const executor = await Executor.create(substitute({ logits }, known.others), { threads, device });
    const { names } = executor;
    return new RequestScorer(executor, new FeedMaker(builder, weights, { of: names }), {
      items: known.items,
      plan: planOf(builder.plan, names),
      history,
    });
  }

  /**
   * Logits of the candidates, in their order. `columns` are those of one request: every row is about one event. Requests that come while
   * another is scored wait for it.
   */
  score(columns: BatchSourceColumns): Promise<Float32Array> {
    const own = this.#last.then(() => this.#score(columns));
    this.#last = own.catch(() => undefined); // its caller has the error
    return own;
  }

  async #score(columns: BatchSourceColumns): Promise<Float32Array> {
    const batch = assembleRequest(columns, this.#plan, { history: this.#history });
    const { logits } = await this.#executor.run({ ...this.#feedMaker.feeds(batch), ...this.#items.values });
    return logits!.data as Float32Array;
  }

  /** Takes a catalogue over in which these items are new, or have changed: they are encoded, the others stay as they are. */
  async extend(catalogue: Catalogue, items: Int32Array): Promise<void> {
    await this.#items.update(catalogue, items);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#executor.close();
    await this.#items.close();
  }
}

/**
 * Hidden units (steps times units of a step) that a history meets the candidates with at a time. One thread is fastest where what is made of
 * them, 2 MB for 1,000 candidates, stays in its cache; several pay for their meeting after every operation, and want fewer parts.
 */
const unitsAtATime = (threads: number): number => (threads === 1 ? 512 : 1280);

import { assembleRequest, type BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import type { Catalogue } from "../data/columns.js";
import { substitute } from "../graph/index.js";
import type { LogitMap } from "../metrics/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import { calibrated } from "../nn/calibrated.js";
import { type Device, Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "../training/feeds.js";
import type { Weights } from "../training/weights.js";
import { computeKnown, planOf } from "./item-cache.js";

export interface RequestScorerOptions {
  catalogue: Catalogue;
  /** Threads that share one operation. */
  threads: number;
  device: Device;
  calibration: LogitMap;
  /** Added to calibrated logits: see `keptShift`. */
  shift: number;
}

/**
 * Scores the candidates of one person at a time. What belongs to the weights or to an item alone is computed when it is made; a request
 * computes the history once for all candidates, where the model can (`sharesHistory`).
 */
export class RequestScorer {
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;
  readonly #known: Readonly<Record<string, Value>>;
  readonly #plan: BatchPlan;
  readonly #history: "own" | "one";

  private constructor(
    executor: Executor,
    feedMaker: FeedMaker,
    { known, plan, history }: { known: Record<string, Value>; plan: BatchPlan; history: "own" | "one" },
  ) {
    this.#executor = executor;
    this.#feedMaker = feedMaker;
    this.#known = known;
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
      known: known.values,
      plan: planOf(builder.plan, names),
      history,
    });
  }

  /** Logits of the candidates, in their order. `columns` are those of one request: every row is about one event. */
  async score(columns: BatchSourceColumns): Promise<Float32Array> {
    const batch = assembleRequest(columns, this.#plan, { history: this.#history });
    const { logits } = await this.#executor.run({ ...this.#feedMaker.feeds(batch), ...this.#known });
    return logits!.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}

/**
 * Hidden units (steps times units of a step) that a history meets the candidates with at a time. One thread is fastest where what is made of
 * them, 2 MB for 1,000 candidates, stays in its cache; several pay for their meeting after every operation, and want fewer parts.
 */
const unitsAtATime = (threads: number): number => (threads === 1 ? 512 : 1280);

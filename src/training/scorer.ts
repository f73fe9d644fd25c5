import type { Batch } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import type { Catalogue } from "../data/columns.js";
import type { Tensor } from "../graph/index.js";
import type { LogitMap } from "../metrics/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import { calibrated } from "../nn/calibrated.js";
import { type Device, Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
import { Weights } from "./weights.js";

export interface ScorerOptions {
  catalogue: Catalogue;
  threads: number;
  device: Device;
  /** Also give attention weights and gates; default false. */
  explain?: boolean;
  /** What becomes of the model's logits; default none. With one, `rawLogits` are given too: those of the model. */
  calibration?: LogitMap;
  /** Added to calibrated logits, default 0: see `keptShift`. */
  shift?: number;
}

/** The evaluation graph of a model over its weights: the same forward, without dropout, with running moments. */
export class Scorer {
  readonly plan: BatchPlan;
  readonly heads: readonly string[];
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;

  private constructor(
    builder: Builder,
    weights: Weights,
    { executor, heads }: { executor: Executor; heads: readonly string[] },
  ) {
    this.plan = builder.plan;
    this.heads = heads;
    this.#executor = executor;
    this.#feedMaker = new FeedMaker(builder, weights);
  }

  /** @param weights a set of weights, or a function that makes one from the evaluation builder's declarations. */
  static async create(
    model: ConfiguredModel,
    weights: Weights | ((builder: Builder) => Weights),
    options: ScorerOptions,
  ): Promise<Scorer> {
    const { catalogue, threads, device, explain = false } = options;
    const { calibration = { kind: "none" }, shift = 0 } = options;
    const builder = new Builder({ training: false });
    const { logits: raw, attention, gates } = model.forward(builder, { catalogue });
    const logits = calibrated(raw, calibration, { shift });
    const outputs: Record<string, Tensor> = { logits };
    if (logits !== raw) outputs.rawLogits = raw;
    if (explain && attention) outputs.attention = attention.weights;
    if (explain && gates) outputs.gates = gates.values;
    const executor = await Executor.create(outputs, { threads, device });
    const own = weights instanceof Weights ? weights : weights(builder);
    return new Scorer(builder, own, { executor, heads: attention?.heads ?? [] });
  }

  /** Outputs of one batch; the arrays are overwritten by the next one. */
  async run(batch: Batch): Promise<Record<string, Value>> {
    return this.#executor.run(this.#feedMaker.feeds(batch));
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}

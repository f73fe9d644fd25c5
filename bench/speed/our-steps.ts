import type { BatchSourceColumns } from "../../src/data/batch.js";
import type { HideRates } from "../../src/data/hidden-parts.js";
import type { ConfiguredModel } from "../../src/models/registry.js";
import { gradientGraph } from "../../src/training/gradient-graph.js";
import { ShardPool, type StepRequest } from "../../src/training/shard-pool.js";
import { type OptimizerOptions, WeightUpdate } from "../../src/training/weight-update.js";
import type { Weights } from "../../src/training/weights.js";

export interface StepOptions {
  columns: BatchSourceColumns;
  /** Row numbers of each batch of one run. */
  batches: readonly Int32Array[];
  threads: number;
  optimizer: OptimizerOptions & { learningRate: number };
  seed: number;
}

const NOTHING: HideRates = { id: 0, statistics: 0, modality: 0, feature: 0 };

/** The loop of `train`, timed from one step to the next. */
export class OurSteps {
  readonly #pool: ShardPool;
  readonly #update: WeightUpdate;
  readonly #options: StepOptions;
  /** What is trained. */
  readonly weights: Weights;
  #spent: Record<string, number> = {};
  #steps = 0;

  private constructor(
    pool: ShardPool,
    weights: Weights,
    { update, options }: { update: WeightUpdate; options: StepOptions },
  ) {
    this.weights = weights;
    this.#pool = pool;
    this.#update = update;
    this.#options = options;
  }

  static async open(model: ConfiguredModel, initial: Weights, options: StepOptions): Promise<OurSteps> {
    const { columns, threads, optimizer } = options;
    const graph = gradientGraph(model, columns.catalogue);
    const weights = initial.shared();
    const pool = await ShardPool.create(model, { columns, weights, threads, device: "cpu", graph });
    const update = new WeightUpdate(weights, graph, { optimizer, columns });
    return new OurSteps(pool, weights, { update, options });
  }

  async run(): Promise<number[]> {
    const { batches, optimizer, seed } = this.#options;
    const milliseconds: number[] = [];
    const requests = batches.map((rows, step): StepRequest => ({ rows, draw: { seed, step, hide: NOTHING } }));
    let before = performance.now();
    for await (const gradients of this.#pool.stream(requests)) {
      const arrived = performance.now();
      this.#update.apply(gradients, { learningRate: optimizer.learningRate });
      const done = performance.now();
      milliseconds.push(done - before);
      const { longest, ...spent } = gradients.spent;
      this.#add("wait", arrived - before - longest);
      this.#add("optimizer", done - arrived);
      for (const [phase, ms] of Object.entries(spent)) this.#add(phase, ms);
      this.#steps++;
      before = done;
    }
    // The first batch of a run is made while nobody computes; in an epoch of thousands that is nothing.
    return milliseconds.slice(1);
  }

  /** What came before was to warm up. */
  forget(): void {
    this.#spent = {};
    this.#steps = 0;
  }

  phases(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#spent).map(([phase, ms]) => [phase, ms / this.#steps]));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #add(phase: string, ms: number): void {
    this.#spent[phase] = (this.#spent[phase] ?? 0) + ms;
  }
}

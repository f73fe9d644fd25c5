import { Executor } from "../runtime/executor.js";
import { floatsOf, type GradientParts, partsOf } from "./batch-gradients.js";
import { FeedMaker } from "./feeds.js";
import type { GradientGraph, Trained } from "./gradient-graph.js";
import type { Phases } from "./phases.js";
import type { ShardForward } from "./shard.js";
import type { Weights } from "./weights.js";

/** What the rows of a whole batch say, and what each shard has to take back through its own part. */
export interface MiddleGradients {
  loss: number;
  parts: GradientParts;
  /** Of each shard, in the order of `Phases.backs`. */
  backs: Float32Array[][];
}

/** The part of a phased training graph that needs all rows of a batch. */
export class Middle {
  readonly #phases: Phases;
  readonly #trained: Trained;
  readonly #executor: Executor;
  readonly #feedMaker: FeedMaker;

  private constructor(
    phases: Phases,
    trained: Trained,
    { executor, feedMaker }: { executor: Executor; feedMaker: FeedMaker },
  ) {
    this.#phases = phases;
    this.#trained = trained;
    this.#executor = executor;
    this.#feedMaker = feedMaker;
  }

  static async create(
    { builder, trained }: GradientGraph,
    phases: Phases,
    { weights, threads }: { weights: Weights; threads: number },
  ): Promise<Middle> {
    const executor = await Executor.create(phases.middle, { threads });
    const feedMaker = new FeedMaker(builder, weights, { of: executor.names });
    return new Middle(phases, trained, { executor, feedMaker });
  }

  async run(shards: readonly ShardForward[]): Promise<MiddleGradients> {
    const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
    const values: Record<string, { data: Float32Array; dims: number[] }> = {};
    this.#phases.meets.forEach((name, i) => {
      const width = this.#phases.forward[name]!.shape.slice(1).map(Number);
      values[name] = { data: joined(shards.map(({ meets }) => meets[i]!)), dims: [rows, ...width] };
    });
    const out = await this.#executor.run(this.#feedMaker.feeds({ values, tableRows: {} }));
    const whole = [...this.#phases.backs.values()].map((name) => floatsOf(out[name])!);
    let start = 0;
    const backs = shards.map((shard) => {
      const [from, to] = [start, start + shard.rows];
      start = to;
      return whole.map((back) => {
        const width = back.length / rows;
        return back.slice(from * width, to * width);
      });
    });
    return { loss: floatsOf(out.loss)![0]!, parts: partsOf(this.#trained, { out, tableRows: {} }), backs };
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

import { BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan } from "../data/batch-inputs.js";
import type { Catalogue, EventColumns } from "../data/columns.js";
import type { Tensor } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
import type { Weights } from "./weights.js";

export interface ItemTensorsOptions {
  builder: Builder;
  weights: Weights;
  catalogue: Catalogue;
  threads: number;
}

/** How many items are encoded at a time. */
const CHUNK = 1024;

/** What a graph computes of each item alone, [U, ...] by index of the catalogue, with room for items that come later. */
export class ItemTensors {
  readonly #executor: Executor | null;
  readonly #feeds: FeedMaker;
  readonly #plan: BatchPlan;
  readonly #rooms = new Map<string, { data: Float32Array; dims: readonly number[]; width: number }>();
  #count = 0;

  private constructor(executor: Executor | null, { feeds, plan }: { feeds: FeedMaker; plan: BatchPlan }) {
    this.#executor = executor;
    this.#feeds = feeds;
    this.#plan = plan;
  }

  static async create(
    outputs: Record<string, Tensor>,
    { builder, weights, catalogue, threads }: ItemTensorsOptions,
  ): Promise<ItemTensors> {
    const executor = Object.keys(outputs).length > 0 ? await Executor.create(outputs, { threads }) : null;
    const of = executor?.names ?? new Set<string>();
    const plan = planOf(builder.plan, of);
    const made = new ItemTensors(executor, { feeds: new FeedMaker(builder, weights, { of }), plan });
    await made.update(
      catalogue,
      Int32Array.from({ length: catalogue.items.count }, (_, item) => item),
    );
    return made;
  }

  /** By the names of the inputs that stand for them. */
  get values(): Record<string, Value> {
    return Object.fromEntries(
      [...this.#rooms].map(([name, { data, dims, width }]) => {
        return [name, { data: data.subarray(0, this.#count * width), dims: [this.#count, ...dims] }] as const;
      }),
    );
  }

  /** Computes these items: new ones, in the order of their indices, or others whose content has changed. */
  async update(catalogue: Catalogue, items: Int32Array): Promise<void> {
    if (this.#executor !== null && items.length > 0) {
      const assembler = new BatchAssembler(everyItem(catalogue), this.#plan);
      for (let start = 0; start < items.length; start += CHUNK) {
        const rows = items.slice(start, start + CHUNK);
        const out = await this.#executor.run(this.#feeds.feeds(assembler.assemble(rows)));
        for (const [name, value] of Object.entries(out)) this.#put(name, value, { rows, count: catalogue.items.count });
      }
    }
    this.#count = catalogue.items.count;
  }

  /** Places of the batch are those of its distinct items, in the order in which they come: that of `rows`. */
  #put(name: string, { data, dims }: Value, { rows, count }: { rows: Int32Array; count: number }): void {
    const width = dims.slice(1).reduce((product, dim) => product * dim, 1);
    let room = this.#rooms.get(name);
    if (room === undefined || room.data.length < count * width) {
      // As many as there are at first; half as much again where they grow.
      const size = room === undefined ? count : Math.max(count, Math.ceil(this.#count * 1.5));
      const longer = new Float32Array(size * width);
      if (room !== undefined) longer.set(room.data.subarray(0, this.#count * width));
      room = { data: longer, dims: dims.slice(1), width };
      this.#rooms.set(name, room);
    }
    for (const [place, item] of rows.entries())
      room.data.set(data.subarray(place * width, (place + 1) * width) as Float32Array, item * width);
  }

  async close(): Promise<void> {
    await this.#executor?.close();
  }
}

/** The part of a plan that fills these inputs. */
export function planOf({ inputs, tables }: BatchPlan, names: ReadonlySet<string>): BatchPlan {
  return {
    inputs: inputs.filter(({ name }) => names.has(name)),
    tables: tables.filter(({ name }) => names.has(name)),
  };
}

/** A row for each item of the catalogue, in its order, about one event without history. */
export function everyItem(catalogue: Catalogue): BatchSourceColumns {
  const { count } = catalogue.items;
  const events: EventColumns = {
    count: 1,
    userStart: Int32Array.of(0, 1),
    item: Int32Array.of(0),
    time: Float64Array.of(0),
    label: Uint8Array.of(0),
    features: [],
    context: [],
    history: null,
    historyStart: Int32Array.of(0, 1),
    historyEnd: Int32Array.of(0),
    userStatistics: new Float32Array(catalogue.statistics.user.length),
  };
  const item = Int32Array.from({ length: count }, (_, index) => index);
  const rows = {
    count,
    event: new Int32Array(count),
    item,
    label: new Uint8Array(count),
    itemStatistics: new Float32Array(0),
  };
  return { catalogue, events, rows };
}

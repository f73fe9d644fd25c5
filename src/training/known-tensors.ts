import { BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import { type BatchPlan, SOURCES_OF_ITEMS, TABLES_OF_ITEMS } from "../data/batch-inputs.js";
import type { Catalogue, EventColumns } from "../data/columns.js";
import { frontier, input, type Tensor, topological } from "../graph/index.js";
import { type Builder, isWeight, nameOf } from "../nn/builder.js";
import { Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
import type { Weights } from "./weights.js";

/** What a graph computes of the weights and of each item alone: made once, whatever is asked. */
export interface KnownTensors {
  /** The tensors, and the inputs that stand for them. Those of items are [U, ...] with U the items of the catalogue, by index. */
  inputs: Map<Tensor, Tensor>;
  /** By the names of those inputs. */
  values: Record<string, Value>;
  /** Names of those that have a row per item. */
  ofItems: Set<string>;
}

export interface KnownOptions {
  builder: Builder;
  weights: Weights;
  catalogue: Catalogue;
  threads: number;
  /**
   * Whether a product of one table of items with weights is left to the graph where the table itself is kept anyway: less to store,
   * more to compute. Default false.
   */
  narrow?: boolean;
}

/** How many items are encoded at a time. */
const CHUNK = 1024;

/** Finds what depends on weights and items alone, and computes it: for the weights once, for every item of the catalogue. */
export async function computeKnown(outputs: readonly Tensor[], options: KnownOptions): Promise<KnownTensors> {
  const { builder, narrow = false } = options;
  const { inputs, tables } = builder.plan;
  const ofItems = new Set([
    ...inputs.filter(({ from }) => SOURCES_OF_ITEMS.has(from)).map(({ name }) => name),
    ...tables.filter(({ rowsOf }) => TABLES_OF_ITEMS.has(rowsOf)).map(({ name }) => name),
  ]);
  const all = frontier(outputs, (tensor) => ofItems.has(nameOf(tensor)) || isWeight(tensor));
  const last = narrow ? withoutProducts(all) : all;
  const known: KnownTensors = { inputs: new Map(), values: {}, ofItems: new Set() };
  const parts: Record<"weights" | "items", Record<string, Tensor>> = { weights: {}, items: {} };
  for (const tensor of last) {
    if (isWeight(tensor)) continue; // is fed as it is
    const kind = topological([tensor]).some((from) => ofItems.has(nameOf(from))) ? "items" : "weights";
    const name = `known:${known.inputs.size}`;
    parts[kind][name] = tensor;
    if (kind === "items") known.ofItems.add(name);
    known.inputs.set(tensor, input(name, tensor.shape, { dtype: tensor.dtype }));
  }
  Object.assign(known.values, await computeOnce(parts.weights, options), await computeItems(parts.items, options));
  return known;
}

/** The same cut, with x and W in the place of x W where x is part of it already. */
function withoutProducts(last: readonly Tensor[]): Set<Tensor> {
  const kept = new Set(last);
  for (const tensor of last) {
    const [x, weight] = tensor.inputs;
    if (tensor.op !== "matmul" || !kept.has(x!)) continue;
    kept.delete(tensor);
    kept.add(weight!);
  }
  return kept;
}

async function computeOnce(
  outputs: Record<string, Tensor>,
  { builder, weights, threads }: KnownOptions,
): Promise<Record<string, Value>> {
  if (Object.keys(outputs).length === 0) return {};
  const executor = await Executor.create(outputs, { threads });
  try {
    const feeds = new FeedMaker(builder, weights, { of: executor.names });
    return await executor.run(feeds.feeds({ values: {}, tableRows: {} }));
  } finally {
    await executor.close();
  }
}

async function computeItems(
  outputs: Record<string, Tensor>,
  { builder, weights, catalogue, threads }: KnownOptions,
): Promise<Record<string, Value>> {
  if (Object.keys(outputs).length === 0) return {};
  const executor = await Executor.create(outputs, { threads });
  try {
    const of = executor.names;
    const feeds = new FeedMaker(builder, weights, { of });
    const assembler = new BatchAssembler(everyItem(catalogue), planOf(builder.plan, of));
    const { count } = catalogue.items;
    const values: Record<string, Value> = {};
    for (let start = 0; start < count; start += CHUNK) {
      const rows = Int32Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => start + i);
      const out = await executor.run(feeds.feeds(assembler.assemble(rows)));
      for (const [name, { data, dims }] of Object.entries(out)) {
        const width = dims.slice(1).reduce((product, dim) => product * dim, 1);
        values[name] ??= { data: new Float32Array(count * width), dims: [count, ...dims.slice(1)] };
        (values[name].data as Float32Array).set(data.subarray(0, rows.length * width) as Float32Array, start * width);
      }
    }
    return values;
  } finally {
    await executor.close();
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
function everyItem(catalogue: Catalogue): BatchSourceColumns {
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

import { BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import { type BatchPlan, SOURCES_OF_ITEMS, TABLES_OF_ITEMS } from "../data/batch-inputs.js";
import type { Catalogue, EventColumns } from "../data/columns.js";
import { constant, frontier, input, type Tensor, topological } from "../graph/index.js";
import { type Builder, isWeight, nameOf } from "../nn/builder.js";
import { Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "../training/feeds.js";
import type { Weights } from "../training/weights.js";

/** What a graph computes of the weights and of each item alone: made once, whatever is asked. */
export interface KnownTensors {
  /**
   * The tensors, and what stands for them: constants for the weights and what is computed of them (ONNX Runtime packs a constant operand
   * of a product once, a fed one in every run), inputs [U, ...] for what belongs to items, U the items of the catalogue, by index: tables
   * of items are large, and fed in place.
   */
  others: Map<Tensor, Tensor>;
  /** By the names of those inputs. */
  values: Record<string, Value>;
}

export interface KnownOptions {
  builder: Builder;
  weights: Weights;
  catalogue: Catalogue;
  threads: number;
}

/** How many items are encoded at a time. */
const CHUNK = 1024;

/** Finds what depends on weights and items alone, and computes it: for the weights once, for every item of the catalogue. */
export async function computeKnown(outputs: readonly Tensor[], options: KnownOptions): Promise<KnownTensors> {
  const { builder } = options;
  const { inputs, tables } = builder.plan;
  const ofItems = new Set([
    ...inputs.filter(({ from }) => SOURCES_OF_ITEMS.has(from)).map(({ name }) => name),
    ...tables.filter(({ rowsOf }) => TABLES_OF_ITEMS.has(rowsOf)).map(({ name }) => name),
  ]);
  const last = frontier(outputs, (tensor) => ofItems.has(nameOf(tensor)) || isWeight(tensor));
  const known: KnownTensors = { others: new Map(), values: {} };
  const ofWeights: Record<string, Tensor> = {};
  const itemTensors: Record<string, Tensor> = {};
  for (const tensor of last) {
    if (topological([tensor]).some((from) => ofItems.has(nameOf(from)))) {
      const name = `known:${known.others.size}`;
      itemTensors[name] = tensor;
      known.others.set(tensor, input(name, tensor.shape, { dtype: tensor.dtype }));
    } else {
      ofWeights[`weights:${Object.keys(ofWeights).length}`] = tensor;
    }
  }
  const values = await computeOnce(ofWeights, options);
  for (const [name, tensor] of Object.entries(ofWeights)) {
    const { data, dims } = values[name]!;
    known.others.set(tensor, constant(data as Float32Array, dims));
  }
  known.values = await computeItems(itemTensors, options);
  return known;
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

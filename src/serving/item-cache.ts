import { BatchAssembler, type BatchSourceColumns } from "../data/batch.js";
import type { BatchPlan, BatchSource, TableSource } from "../data/batch-inputs.js";
import type { Catalogue, EventColumns } from "../data/columns.js";
import { frontier, input, type Tensor, topological } from "../graph/index.js";
import { type Builder, PARAMETER, STATE } from "../nn/builder.js";
import { Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "../training/feeds.js";
import type { Weights } from "../training/weights.js";

/** What a graph computes of the weights and of each item alone: made once, whatever is asked. */
export interface KnownTensors {
  /** The tensors, and the inputs that stand for them. Those of items are [U, ...] with U the items of the catalogue, by index. */
  inputs: Map<Tensor, Tensor>;
  /** By the names of those inputs. */
  values: Record<string, Value>;
}

export interface KnownOptions {
  builder: Builder;
  weights: Weights;
  catalogue: Catalogue;
  threads: number;
}

const OF_ITEMS: ReadonlySet<BatchSource["from"]> = new Set([
  "bagPlaces",
  "bagWeights",
  "itemNumber",
  "itemVector",
  "present",
]);
const TABLES_OF_ITEMS: ReadonlySet<TableSource["rowsOf"]> = new Set(["items", "bag"]);

/** How many items are encoded at a time. */
const CHUNK = 1024;

/** Finds what depends on weights and items alone, and computes it: for the weights once, for every item of the catalogue. */
export async function computeKnown(outputs: readonly Tensor[], options: KnownOptions): Promise<KnownTensors> {
  const { builder } = options;
  const { inputs, tables } = builder.plan;
  const ofItems = new Set([
    ...inputs.filter(({ from }) => OF_ITEMS.has(from)).map(({ name }) => name),
    ...tables.filter(({ rowsOf }) => TABLES_OF_ITEMS.has(rowsOf)).map(({ name }) => name),
  ]);
  const isWeight = (name: string): boolean => name.startsWith(PARAMETER) || name.startsWith(STATE);
  const last = frontier(outputs, (tensor) => ofItems.has(nameOf(tensor)) || isWeight(nameOf(tensor)));
  const known: KnownTensors = { inputs: new Map(), values: {} };
  const parts: Record<"weights" | "items", Record<string, Tensor>> = { weights: {}, items: {} };
  for (const tensor of last) {
    if (tensor.op === "input" && isWeight(nameOf(tensor))) continue; // is fed as it is
    const kind = topological([tensor]).some((from) => ofItems.has(nameOf(from))) ? "items" : "weights";
    const name = `known:${known.inputs.size}`;
    parts[kind][name] = tensor;
    known.inputs.set(tensor, input(name, tensor.shape, { dtype: tensor.dtype }));
  }
  Object.assign(known.values, await computeOnce(parts.weights, options), await computeItems(parts.items, options));
  return known;
}

/** The name of an input; of any other tensor none. */
function nameOf(tensor: Tensor): string {
  return tensor.op === "input" ? (tensor as Tensor<"input">).attributes.name : "";
}

async function computeOnce(
  outputs: Record<string, Tensor>,
  { builder, weights, threads }: KnownOptions,
): Promise<Record<string, Value>> {
  if (Object.keys(outputs).length === 0) return {};
  const executor = await Executor.create(outputs, { threads });
  try {
    const feeds = new FeedMaker(builder, weights, { of: namesOf(executor) });
    return await executor.run(feeds.feeds({ B: 0, T: 0, U: 0, rows: new Int32Array(0), values: {}, tableRows: {} }));
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
    const of = namesOf(executor);
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

/** Names of what a graph reads. */
export const namesOf = (executor: Executor): Set<string> => new Set(executor.inputs.map(({ name }) => name));

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

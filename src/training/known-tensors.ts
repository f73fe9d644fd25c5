import { SOURCES_OF_ITEMS, TABLES_OF_ITEMS } from "../data/batch-inputs.js";
import { constant, frontier, input, type Tensor, topological } from "../graph/index.js";
import { isWeight, nameOf } from "../nn/builder.js";
import { Executor, type Value } from "../runtime/executor.js";
import { FeedMaker } from "./feeds.js";
import { ItemTensors, type ItemTensorsOptions } from "./item-tensors.js";

/** What a graph computes of the weights and of each item alone: made once, whatever is asked. */
export interface KnownTensors {
  /**
   * The tensors, and what stands for them: constants for the weights and what is computed of them (ONNX Runtime packs a constant operand
   * of a product once, a fed one in every run), inputs [U, ...] for what belongs to items, U the items of the catalogue, by index: tables
   * of items are large, and fed in place.
   */
  others: Map<Tensor, Tensor>;
  /** What belongs to items, by the names of those inputs. */
  items: ItemTensors;
  /** With `weights: "fed"`: what is computed of the weights alone, by the names of the inputs that stand for it. */
  ofWeights: Record<string, Value>;
}

export interface KnownOptions extends ItemTensorsOptions {
  /**
   * Whether a product of one table of items with weights is left to the graph where the table itself is kept anyway: less to store,
   * more to compute. Default false.
   */
  narrow?: boolean;
  /** "fed" leaves weights inputs of the graph, under their names, and makes inputs of what is computed of them. */
  weightsAs?: "constants" | "fed";
}

/** Finds what depends on weights and items alone, and computes it: for the weights once, for every item of the catalogue. */
export async function computeKnown(outputs: readonly Tensor[], options: KnownOptions): Promise<KnownTensors> {
  const { builder, narrow = false, weightsAs = "constants" } = options;
  const { inputs, tables } = builder.plan;
  const fromItems = new Set([
    ...inputs.filter(({ from }) => SOURCES_OF_ITEMS.has(from)).map(({ name }) => name),
    ...tables.filter(({ rowsOf }) => TABLES_OF_ITEMS.has(rowsOf)).map(({ name }) => name),
  ]);
  const all = frontier(outputs, (tensor) => fromItems.has(nameOf(tensor)) || isWeight(tensor));
  const others = new Map<Tensor, Tensor>();
  const parts: Record<"weights" | "items", Record<string, Tensor>> = { weights: {}, items: {} };
  for (const tensor of narrow ? withoutProducts(all) : all) {
    if (weightsAs === "fed" && isWeight(tensor)) continue; // is fed as it is
    const kind = topological([tensor]).some((from) => fromItems.has(nameOf(from))) ? "items" : "weights";
    const name = `known:${others.size}`;
    parts[kind][name] = tensor;
    others.set(tensor, input(name, tensor.shape, { dtype: tensor.dtype }));
  }
  const ofWeights = await computeOnce(parts.weights, options);
  const items = await ItemTensors.create(parts.items, options);
  if (weightsAs === "fed") return { others, items, ofWeights };
  for (const [name, tensor] of Object.entries(parts.weights)) {
    const { data, dims } = ofWeights[name]!;
    others.set(tensor, constant(data as Float32Array, dims));
  }
  return { others, items, ofWeights: {} };
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

import { readFileSync } from "node:fs";
import type { Catalogue, FeatureSchema } from "../../src/data/columns.js";
import { type Builder, PARAMETER, STATE } from "../../src/nn/builder.js";
import type { Value } from "../../src/runtime/executor.js";

interface Shaped {
  shape: number[];
  data: number[];
}
type Nested = number | Nested[];

/** A batch, weights, and what PyTorch makes of them; see test/goldens/models/make.py. */
export interface ModelGolden {
  model: string;
  options: Record<string, unknown>;
  /** Batch columns by the names of the plan, as nested lists; those named in `int32` are places and codes. */
  inputs: Record<string, Nested>;
  int32: string[];
  /** Rows of its table that each table input holds. */
  rows: Record<string, number[]>;
  /** Dense parameters and whole tables. */
  weights: Record<string, Shaped>;
  states: Record<string, Shaped>;
  masks: Record<string, number[][]>;
  logits: number[];
  loss: number;
  evaluationLogits: number[];
  /** d loss / d weight, flat, of the shapes of `weights`. */
  gradients: Record<string, number[]>;
  /** Mean and variance of each Dice over the batch, flat. */
  moments: Record<string, number[]>;
}

export function modelGolden(name: string): ModelGolden {
  return JSON.parse(readFileSync(new URL(`../goldens/models/${name}.json`, import.meta.url), "utf8"));
}

/** Everything that a graph of the model can ask for, as float32 and int32. */
export function feedsOf(golden: ModelGolden, builder: Builder): Record<string, Value> {
  const feeds: Record<string, Value> = {};
  for (const [name, nested] of Object.entries(golden.inputs)) {
    const data = flat(nested);
    const typed = golden.int32.includes(name) ? Int32Array.from(data) : Float32Array.from(data);
    feeds[name] = { data: typed, dims: dimsOf(nested) };
  }
  // A mask of the attention is one per row and hidden unit, shared over the steps: [B, 1, n].
  for (const { name, shape } of builder.plan.inputs) {
    const mask = golden.masks[name];
    if (mask === undefined) continue;
    const dims = shape.length === 3 ? [mask.length, 1, mask[0]!.length] : [mask.length, mask[0]!.length];
    feeds[name] = { data: Float32Array.from(mask.flat()), dims };
  }
  for (const { name } of builder.parameters.values()) feeds[PARAMETER + name] = toValue(golden.weights[name]!);
  for (const { name } of builder.states.values()) feeds[STATE + name] = toValue(golden.states[name]!);
  for (const { table, input } of builder.tableUses.values()) {
    const { data, shape } = golden.weights[table]!;
    const width = shape[1]!;
    const rows = golden.rows[input]!.flatMap((row) => data.slice(row * width, (row + 1) * width));
    feeds[input] = { data: Float32Array.from(rows), dims: [golden.rows[input]!.length, width] };
  }
  return feeds;
}

/** Gradients of the rows that a batch holds, summed into the rows of the table, flat. */
export function intoTable(gradient: Value, rows: readonly number[], size: number): number[] {
  const width = gradient.dims[1]!;
  const table = new Array<number>(size).fill(0);
  rows.forEach((row, i) => {
    for (let d = 0; d < width; d++) table[row * width + d]! += Number(gradient.data[i * width + d]);
  });
  return table;
}

/** Largest |a - b| / max(1, |b|); NaN where a number is not one, infinite where the lengths differ. */
export function largestError(found: ArrayLike<number | bigint>, expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce((most, b, i) => Math.max(most, Math.abs(Number(found[i]) - b) / Math.max(1, Math.abs(b))), 0);
}

const toValue = ({ shape, data }: Shaped): Value => ({ data: Float32Array.from(data), dims: shape });
const flat = (nested: Nested): number[] => (Array.isArray(nested) ? nested.flatMap(flat) : [nested]);
const dimsOf = (nested: Nested): number[] => (Array.isArray(nested) ? [nested.length, ...dimsOf(nested[0]!)] : []);

const number = (name: string): FeatureSchema => ({ name, kind: "number", normaliser: { log: false, mean: 0, std: 1 } });
const category = (name: string, values: number): FeatureSchema => ({
  name,
  kind: "category",
  vocabulary: Array.from({ length: values }, (_, i) => `${name} ${i}`),
});
const statistic = (name: string) => ({ name, kind: "count" as const, priorMean: 0, mean: 0, std: 1 });

/** The dataset that the goldens speak of, as far as a forward looks at it: names, kinds and sizes. */
export const goldenCatalogue: Catalogue = {
  directory: "",
  items: { count: 9, trained: 8 },
  users: { count: 4, trained: 3, embed: true },
  modalities: [
    {
      name: "tags",
      kind: "category",
      multiple: true,
      vocabulary: ["a", "b", "c"],
      offsets: new Int32Array(10),
      codes: new Int32Array(0),
    },
    { name: "price", kind: "number", normaliser: { log: false, mean: 0, std: 1 }, values: new Float32Array(9) },
    { name: "look", kind: "vector", dimension: 3, row: new Int32Array(9).fill(-1), values: new Float32Array(0) },
  ],
  itemSource: null,
  userFeatures: { schema: [category("city", 2), number("years")], columns: [] },
  eventFeatures: [category("stars", 3), number("dwell")],
  context: [category("device", 2), number("hour")],
  statistics: { user: [statistic("a"), statistic("b")], item: [statistic("c")], prior: 5 },
  itemCounters: { count: new Uint32Array(9), positives: new Uint32Array(9), means: {} },
  history: { length: 4, clock: "time" },
  label: "explicit",
  negativesKept: 1,
  lastTime: 0,
};

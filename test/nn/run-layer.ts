import { sizeOf, type Tensor } from "../../src/graph/index.js";
import { Builder, PARAMETER, STATE, TABLE } from "../../src/nn/builder.js";
import { Executor, type Value } from "../../src/runtime/executor.js";
import { spread } from "../graph/evaluate.js";

export interface LayerRunOptions {
  /** Default false. */
  training?: boolean;
  /** Inputs by name; parameters, tables and states that are not here are made up, the same for every run. */
  feeds?: Readonly<Record<string, Value>>;
  /** Numbers of rows of made-up tables, by letter. */
  letters?: Readonly<Record<string, number>>;
}

export interface LayerRun {
  /** Outputs by name, copied. */
  out: Record<string, number[]>;
  /** Parameters, tables and states as they were fed, by name without its prefix. */
  weights: Record<string, number[]>;
  builder: Builder;
}

/** Builds a layer, feeds it made-up weights between -1 and 1 (variances and slopes between 0 and 1), and runs it once. */
export async function runLayer(
  build: (builder: Builder) => Record<string, Tensor>,
  { training = false, feeds = {}, letters = {} }: LayerRunOptions = {},
): Promise<LayerRun> {
  const builder = new Builder({ training });
  const outputs = build(builder);
  const own: Record<string, Value> = {};
  const weights: Record<string, number[]> = {};
  const add = (prefix: string, name: string, dims: readonly number[]): void => {
    const value = feeds[prefix + name] ?? madeUp(name, dims);
    own[prefix + name] = value;
    weights[name] = Array.from(value.data, Number);
  };
  for (const { name, shape } of builder.parameters.values()) add(PARAMETER, name, shape);
  for (const { name, shape } of builder.states.values()) add(STATE, name, shape);
  for (const { name, letter } of builder.plan.tables) {
    const [, dimension] = builder.tableUses.get(name)!.tensor.shape;
    add(TABLE, name.slice(TABLE.length), [letters[letter]!, Number(dimension)]);
  }
  const executor = await Executor.create(outputs);
  try {
    const values = await executor.run({ ...own, ...feeds });
    const out = Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, Array.from(data, Number)]));
    return { out, weights, builder };
  } finally {
    await executor.close();
  }
}

function madeUp(name: string, dims: readonly number[]): Value {
  const draw = spread([...name].reduce((seed, letter) => Math.imul(seed, 31) + letter.charCodeAt(0), 7));
  const positive = name.endsWith(".variance") || name.endsWith(".slope");
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => (positive ? (draw(i) + 1.1) / 2 : draw(i)));
  return { data, dims };
}

/** x [rows, n] W [n, m] + b, row by row in double precision. */
export function affine(
  x: readonly (readonly number[])[],
  weight: readonly number[],
  bias: readonly number[],
): number[][] {
  const units = bias.length;
  return x.map((row) => bias.map((b, j) => row.reduce((sum, value, i) => sum + value * weight[i * units + j]!, b)));
}

/** Cuts a flat list into rows. */
export function rowsOf(values: readonly number[], width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}

export const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

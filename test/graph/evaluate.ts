import { sizeOf, type Tensor } from "../../src/graph/index.js";
import { Executor, type ExecutorOptions, type Value } from "../../src/runtime/executor.js";

/** A float32 value to feed: numbers row by row, or a function of their place. */
export function floats(dims: readonly number[], values: readonly number[] | ((i: number) => number)): Value {
  const at = typeof values === "function" ? values : (i: number): number => values[i]!;
  return { data: Float32Array.from({ length: sizeOf(dims) }, (_, i) => at(i)), dims };
}

/** As `floats`, int32. */
export function ints(dims: readonly number[], values: readonly number[] | ((i: number) => number)): Value {
  return { data: Int32Array.from(floats(dims, values).data as Float32Array), dims };
}

/** Numbers between -1 and 1 that are multiples of 1/64, the same for every run: the n-th of a seed. */
export function spread(seed: number): (i: number) => number {
  return (i) => {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return (((h ^ (h >>> 15)) >>> 0) % 129) / 64 - 1;
  };
}

/** Runs named tensors once and gives copies of their values. */
export async function evaluate<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  feeds: Readonly<Record<string, Value>> = {},
  options: ExecutorOptions = {},
): Promise<Record<Name, number[]>> {
  const executor = await Executor.create(outputs, options);
  try {
    const values = await executor.run(feeds);
    return Object.fromEntries(
      Object.entries(values).map(([name, { data }]) => [name, Array.from(data, Number)]),
    ) as Record<Name, number[]>;
  } finally {
    await executor.close();
  }
}

/** Runs one tensor once. */
export async function resultOf(tensor: Tensor, feeds: Readonly<Record<string, Value>> = {}): Promise<number[]> {
  return (await evaluate({ y: tensor }, feeds)).y;
}

/** Largest |a - b| / max(1, |b|); NaN where a value is NaN, infinite where the lengths differ. */
export function largestGap(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let gap = 0;
  for (let i = 0; i < values.length; i++) {
    const own =
      values[i] === expected[i] ? 0 : Math.abs(values[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (Number.isNaN(own)) return own;
    gap = Math.max(gap, own);
  }
  return gap;
}

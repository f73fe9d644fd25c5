import type { Value } from "../runtime/executor.js";
import { gradientOf, nextOf, type Trained } from "./gradient-graph.js";

/** Gradients of some weights, in the order of `Trained`; null where a graph has none. Arrays of their own, for any thread. */
export interface GradientParts {
  parameters: (Float32Array | null)[];
  /** Touched rows (-1 is padding; a row may stand there twice) and their gradients, side by side. */
  tables: ({ rows: Int32Array; gradient: Float32Array } | null)[];
  /** New values of the running moments. */
  states: (Float32Array | null)[];
}

/** The gradients of a batch: the sum of all parts, each times its share. */
export interface BatchGradients {
  rows: number;
  loss: number;
  parts: GradientParts[];
  shares: number[];
  /** Milliseconds: on average over the threads, and the longest that one of them ran. */
  spent: ShardTimes & { longest: number };
}
export type ShardTimes = Record<(typeof SHARD_PHASES)[number], number>;
export const SHARD_PHASES = ["batch", "feed", "run"] as const;

/** What a run of a gradient graph, or of a part of it, says of the weights. */
export function partsOf(
  { parameters, tables, states }: Trained,
  { out, tableRows }: { out: Readonly<Record<string, Value>>; tableRows: Readonly<Record<string, Int32Array>> },
): GradientParts {
  const floats = (name: string): Float32Array | null => floatsOf(out[name]);
  return {
    parameters: parameters.map(({ name }) => floats(gradientOf(name))),
    tables: tables.map(({ input }) => {
      const gradient = floats(gradientOf(input));
      return gradient && { rows: tableRows[input]!, gradient };
    }),
    states: states.map(({ name }) => floats(nextOf(name))),
  };
}

export function floatsOf(value: Value | undefined): Float32Array | null {
  if (value === undefined) return null;
  if (value.data instanceof Float32Array) return value.data;
  throw new TypeError("a float tensor was expected");
}

/** Mean over the threads, and the longest. */
export function meanTimes(times: readonly ShardTimes[]): BatchGradients["spent"] {
  const spent = { batch: 0, feed: 0, run: 0, longest: 0 };
  for (const own of times) {
    for (const phase of SHARD_PHASES) spent[phase] += own[phase] / times.length;
    spent.longest = Math.max(spent.longest, own.feed + own.run);
  }
  return spent;
}

import { readFileSync } from "node:fs";

/** One parameter under one of PyTorch's optimizers: where it starts, and where each step takes it. */
export interface DenseGolden {
  start: number[];
  steps: { gradient: number[]; learningRate: number; parameter: number[] }[];
}

export interface SparseGolden {
  dimension: number;
  learningRate: number;
  weightDecay?: number;
  l2?: number;
  occurrences?: number[];
  start: number[];
  steps: { rows: number[]; gradient: number[]; table: number[] }[];
}

export function denseGolden(file: "adam" | "sgd", name: string): DenseGolden {
  const goldens: Record<string, DenseGolden> = read(file);
  return goldens[name]!;
}

export function sparseGolden(name: string): SparseGolden {
  const goldens: Record<string, SparseGolden> = read("sparse-adam");
  return goldens[name]!;
}

/** Largest absolute difference; NaN where a value is NaN. */
export function largestGap(values: Float32Array, expected: readonly number[]): number {
  return Math.max(...expected.map((x, i) => Math.abs(x - values[i]!)), values.length - expected.length);
}

function read(file: string) {
  return JSON.parse(readFileSync(new URL(`../goldens/optim/${file}.json`, import.meta.url), "utf8"));
}

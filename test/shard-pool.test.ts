import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BatchSourceColumns } from "../src/data/batch.js";
import { findModel } from "../src/models/registry.js";
import type { BatchGradients } from "../src/training/batch-gradients.js";
import { type GradientGraph, gradientGraph } from "../src/training/gradient-graph.js";
import { cutIntoPhases } from "../src/training/phases.js";
import { ShardPool } from "../src/training/shard-pool.js";
import { Weights } from "../src/training/weights.js";
import { prepareToy } from "./exam/toy-world.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-shards-"));
let columns: BatchSourceColumns;
beforeAll(async () => {
  const { catalogue, events, rows } = await prepareToy(folder);
  columns = { catalogue, events, rows: rows.train };
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOTHING = { id: 0, statistics: 0, modality: 0, feature: 0 };

/** Loss, gradients and new states of the first 101 rows, whole, by name; of tables by row. */
async function gradientsOf(name: string, options: object, threads: number): Promise<Map<string, number[]>> {
  const model = findModel(name).configure(options);
  const graph = gradientGraph(model, columns.catalogue);
  const weights = Weights.initial(graph.builder, { seed: 5 }).shared();
  const pool = await ShardPool.create(model, { columns, weights, threads, device: "cpu", graph });
  try {
    const rows = Int32Array.from({ length: 101 }, (_, i) => 7 * i);
    const requests = [{ rows, draw: { seed: 1, step: 0, hide: NOTHING } }];
    for await (const gradients of pool.stream(requests)) return summed(gradients, graph);
  } finally {
    await pool.close();
  }
  throw new Error("no gradients came");
}

function summed(
  { rows, loss, parts, shares }: BatchGradients,
  { builder, trained }: GradientGraph,
): Map<string, number[]> {
  const sums = new Map<string, number[]>([["rows and loss", [rows, loss]]]);
  const addTo = (name: string, at: number, value: number): void => {
    const sum = sums.get(name) ?? [];
    sums.set(name, sum);
    sum[at] = (sum[at] ?? 0) + value;
  };
  parts.forEach(({ parameters, tables, states }, p) => {
    const share = shares[p]!;
    for (const [i, { name }] of trained.parameters.entries()) {
      for (const [at, value] of (parameters[i] ?? []).entries()) addTo(name, at, share * value);
    }
    for (const [i, { name }] of trained.states.entries()) {
      for (const [at, value] of (states[i] ?? []).entries()) addTo(name, at, value);
    }
    trained.tables.forEach(({ input, table }, i) => {
      const { dimension } = builder.tables.get(table)!;
      const { rows: touched, gradient } = tables[i] ?? { rows: new Int32Array(0), gradient: new Float32Array(0) };
      touched.forEach((row, r) => {
        for (let d = 0; row >= 0 && d < dimension; d++)
          addTo(input, row * dimension + d, share * gradient[r * dimension + d]!);
      });
    });
  });
  return sums;
}

test.each([
  ["mmdin", "whose MLP has Dice", {}],
  [
    "mmdin",
    "with tiers, layer norm and PReLU alone",
    { tiers: { bins: 4 }, norm: "layer", mlp: { activation: "prelu" } },
  ],
  ["din", "as in the paper", {}],
  ["din", "whose attention has Dice, too, and stays in one piece", { attention: { activation: "dice" } }],
  ["bst", "over a sequence", {}],
  ["deepfm", "without attention", {}],
])("%s %s: 2 and 3 threads give the gradients of one, to 1e-5", async (name, _, given) => {
  const options = JSON.parse(JSON.stringify(given)) as { mlp?: object };
  options.mlp = { ...options.mlp, dropout: 0 };
  const whole = await gradientsOf(name, options, 1);
  for (const threads of [2, 3]) {
    const found = await gradientsOf(name, options, threads);
    expect([...found.keys()].sort()).toEqual([...whole.keys()].sort());
    for (const [key, values] of whole) {
      const own = found.get(key)!;
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const gap = values.reduce((most, value, i) => Math.max(most, Math.abs(value - (own[i] ?? 0))), 0);
      expect(gap / scale, key).toBeLessThan(1e-5);
    }
  }
});

test("a graph is cut where Dice needs all rows: what meets are rows of it, of the other branch, and the labels", () => {
  const model = findModel("mmdin").configure({ mlp: { dropout: 0.1 } });
  const { forward, backs, meets } = cutIntoPhases(gradientGraph(model, columns.catalogue))!;
  expect(Object.values(forward).every(({ shape }) => shape[0] === "B" && shape.length === 2)).toBe(true);
  expect(meets.length - backs.size).toBe(3); // the labels and the masks of two dropouts are learned from by nobody
  const attention = findModel("din").configure({ attention: { activation: "dice" } });
  expect(cutIntoPhases(gradientGraph(attention, columns.catalogue))).toBe(null);
});

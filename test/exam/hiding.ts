import { expect, test } from "vitest";
import { BatchAssembler } from "../../src/data/batch.js";
import type { HideRates } from "../../src/data/hidden-parts.js";
import { gradientGraph } from "../../src/training/gradient-graph.js";
import { Shard } from "../../src/training/shard.js";
import { WeightUpdate } from "../../src/training/weight-update.js";
import { Weights } from "../../src/training/weights.js";
import type { Sitting } from "./sitting.js";

const NOTHING: HideRates = { id: 0, modality: 0, feature: 0, statistics: 0 };

/** What training hides: ids, so that the unknown one is learned; units, at their rate. */
export function testHiding(exam: () => Sitting): void {
  test("the row of the unknown item moves where ids are hidden, and stays to the bit where none is", async ({
    skip,
  }) => {
    if (exam().counting) skip("nothing is learned by gradient");
    expect(Math.max(...(await unknownRowMoves(exam(), NOTHING)))).toBe(0);
    expect(Math.min(...(await unknownRowMoves(exam(), { ...NOTHING, id: 0.5 })))).toBeGreaterThan(1e-4);
  });

  test("a quarter of the rows shows a new item where half the ids are hidden and half of their statistics", ({
    skip,
  }) => {
    const { subject, dataset, counting } = exam();
    if (counting) skip("nothing is hidden");
    const { plan } = gradientGraph(subject.model, dataset.catalogue).builder;
    const input = plan.inputs.find(({ from }) => from === "statistics");
    if (input === undefined) skip("the model reads no statistics");
    const assembler = new BatchAssembler(subject.columns("train"), plan);
    const chosen = Int32Array.from({ length: 512 }, (_, i) => 5 * i);
    const shown = (hide: HideRates) =>
      assembler.assemble(chosen, { training: { seed: 3, step: 0, hide } }).values[input!.name]!.data;
    const [known, hidden] = [shown(NOTHING), shown({ ...NOTHING, id: 0.5, statistics: 0.5 })];
    const { user, item } = dataset.catalogue.statistics;
    const width = user.length + item.length;
    const row = (data: typeof known, b: number) => [...data.subarray(b * width, (b + 1) * width)].map(Number);
    const changed = [...chosen.keys()].filter((b) => row(known, b).join() !== row(hidden, b).join());
    expect(changed.length / 512).toBeGreaterThan(0.15);
    expect(changed.length / 512).toBeLessThan(0.35);
    for (const b of changed) expect(row(hidden, b).slice(0, user.length)).toEqual(row(known, b).slice(0, user.length));
    expect(new Set(changed.map((b) => row(hidden, b).slice(user.length).join())).size).toBe(1);
    // Statistics alone are never hidden: the id would tell what they hide.
    expect(shown({ ...NOTHING, statistics: 0.5 })).toEqual(known);
  });

  test("dropout masks drop their share, scale what they keep, and follow seed and step", ({ skip }) => {
    const { subject, dataset, counting } = exam();
    if (counting) skip("nothing is dropped");
    if (!JSON.stringify(subject.model.options).includes('"dropout":')) skip("the model has no such option");
    const { plan } = gradientGraph(subject.model, dataset.catalogue).builder;
    const assembler = new BatchAssembler(subject.columns("train"), plan);
    const chosen = Int32Array.from({ length: 512 }, (_, i) => 5 * i);
    const masks = (step: number) => assembler.assemble(chosen, { training: { seed: 3, step, hide: NOTHING } }).values;
    const [first, again, next] = [masks(0), masks(0), masks(1)];
    const dropped = plan.inputs.filter((input) => input.from === "dropout");
    expect(dropped.length).toBeGreaterThan(0);
    for (const { name, rate } of dropped) {
      const { data } = first[name]!;
      const zeros = data.filter((value) => value === 0).length / data.length;
      expect(Math.abs(zeros - rate), name).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / data.length));
      expect(new Set(data), name).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      expect(again[name]!.data).toEqual(data);
      expect(next[name]!.data).not.toEqual(data);
    }
  });
}

/** How far each number of the unknown item's row, of every table of items, goes in one step on 128 rows. */
async function unknownRowMoves({ subject, dataset, summary }: Sitting, hide: HideRates): Promise<number[]> {
  const graph = gradientGraph(subject.model, dataset.catalogue);
  const { builder } = graph;
  const inputs = builder.plan.tables.filter(({ rowsOf }) => rowsOf === "items");
  const tables = inputs.map(({ name }) => builder.tableUses.get(name)!.table);
  expect(tables.length).toBeGreaterThan(0);
  const weights = Weights.initial(builder, { seed: 3 });
  const unknown = (): number[] =>
    tables.flatMap((name) => [...weights.get(name).subarray(0, builder.tables.get(name)!.dimension)]);
  const before = unknown();
  const columns = subject.columns("train");
  const shard = await Shard.create(subject.model, weights, { columns, threads: 1, device: "cpu" });
  const chosen = Int32Array.from({ length: 128 }, (_, i) => 20 * i);
  const gradients = await shard.run(shard.assemble(chosen, { seed: 3, step: 0, hide }));
  const update = new WeightUpdate(weights, graph, { optimizer: summary.config.optimizer, columns });
  update.apply({ ...gradients, parts: [gradients.parts], shares: [1] }, { learningRate: 0.01 });
  await shard.close();
  const after = unknown();
  return before.map((value, d) => Math.abs(value - after[d]!));
}

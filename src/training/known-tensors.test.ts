import { expect, test } from "vitest";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { emitGraph, substitute } from "../graph/index.js";
import { findModel } from "../models/registry.js";
import { Builder, PARAMETER, STATE } from "../nn/builder.js";
import { computeKnown } from "./known-tensors.js";
import { Weights } from "./weights.js";

/** Widths of the tables of items that are computed for `din` when each row has a history of its own. */
async function tablesOf({ narrow }: { narrow: boolean }): Promise<number[]> {
  const builder = new Builder({ training: false });
  const model = findModel("din").configure({ dimension: 4, attention: { hidden: [64] } });
  const { logits } = model.forward(builder, { catalogue: smallCatalogue });
  const weights = Weights.initial(builder, { seed: 1 });
  const known = await computeKnown([logits], { builder, weights, catalogue: smallCatalogue, threads: 1, narrow });
  return Object.values(known.items.values).map(({ dims: [rows, width] }) => {
    expect(rows).toBe(smallCatalogue.items.count);
    return width!;
  });
}

test("the encoded items and their two products with the attention's weights are computed once for every item", async () => {
  expect(await tablesOf({ narrow: false })).toEqual([8, 1, 64]);
});

test("narrow leaves those products, a whole hidden layer wide, to the graph", async () => {
  expect(await tablesOf({ narrow: true })).toEqual([8]);
});

test.each(["mmdin", "din"])(
  "%s: no weight is fed to the served graph; what belongs to items is, a row for each item of the catalogue",
  async (name) => {
    const model = findModel(name).configure({});
    const builder = new Builder({ training: false, history: "one" });
    const { logits } = model.forward(builder, { catalogue: smallCatalogue });
    const weights = Weights.initial(builder, { seed: 1 });
    const own = emitGraph({ logits }).inputs.map((input) => input.name);
    expect(own.filter((input) => input.startsWith(PARAMETER)).length).toBeGreaterThan(10);
    const known = await computeKnown([logits], { builder, weights, catalogue: smallCatalogue, threads: 1 });
    const { inputs, bytes } = emitGraph(substitute({ logits }, known.others));
    const names = inputs.map((input) => input.name);
    expect(names.filter((input) => input.startsWith(PARAMETER) || input.startsWith(STATE))).toEqual([]);
    const ofItems = names.filter((input) => input.startsWith("known:"));
    expect([...ofItems].sort()).toEqual(Object.keys(known.items.values).sort());
    for (const input of ofItems) expect(known.items.values[input]!.dims[0]).toBe(smallCatalogue.items.count);
    // Tables of items are fed, not written into the graph.
    const parameters = [...builder.parameters.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(bytes.length).toBeLessThan(2 * 4 * parameters + 50_000);
  },
);

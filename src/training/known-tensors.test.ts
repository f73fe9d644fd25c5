import { expect, test } from "vitest";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { findModel } from "../models/registry.js";
import { Builder } from "../nn/builder.js";
import { computeKnown } from "./known-tensors.js";
import { Weights } from "./weights.js";

/** Widths of the tables of items that are computed for `din` when each row has a history of its own. */
async function tablesOf({ narrow }: { narrow: boolean }): Promise<number[]> {
  const builder = new Builder({ training: false });
  const model = findModel("din").configure({ dimension: 4, attention: { hidden: [64] } });
  const { logits } = model.forward(builder, { catalogue: smallCatalogue });
  const weights = Weights.initial(builder, { seed: 1 });
  const known = await computeKnown([logits], { builder, weights, catalogue: smallCatalogue, threads: 1, narrow });
  await known.items.close();
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

import { expect, test } from "vitest";
import { smallCatalogue as catalogue } from "../../test/nn/catalogue.js";
import { emitGraph, substitute } from "../graph/index.js";
import { findModel } from "../models/registry.js";
import { Builder, PARAMETER, STATE } from "../nn/builder.js";
import { Weights } from "../training/weights.js";
import { computeKnown } from "./item-cache.js";

test.each(["mmdin", "din"])(
  "%s: no weight is fed to the served graph; what belongs to items is, a row for each item of the catalogue",
  async (name) => {
    const model = findModel(name).configure({});
    const builder = new Builder({ training: false, history: "one" });
    const { logits } = model.forward(builder, { catalogue });
    const weights = Weights.initial(builder, { seed: 1 });
    const own = emitGraph({ logits }).inputs.map((input) => input.name);
    expect(own.filter((input) => input.startsWith(PARAMETER)).length).toBeGreaterThan(10);
    const known = await computeKnown([logits], { builder, weights, catalogue, threads: 1 });
    const { inputs, bytes } = emitGraph(substitute({ logits }, known.others));
    const names = inputs.map((input) => input.name);
    expect(names.filter((input) => input.startsWith(PARAMETER) || input.startsWith(STATE))).toEqual([]);
    const ofItems = names.filter((input) => input.startsWith("known:"));
    expect([...ofItems].sort()).toEqual(Object.keys(known.values).sort());
    for (const input of ofItems) expect(known.values[input]!.dims[0]).toBe(catalogue.items.count);
    // Tables of items are fed, not written into the graph.
    const parameters = [...builder.parameters.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(bytes.length).toBeLessThan(2 * 4 * parameters + 50_000);
  },
);

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findModel } from "../../src/models/registry.js";
import { Builder } from "../../src/nn/builder.js";
import { Executor, type Value } from "../../src/runtime/executor.js";
import { gradientGraph } from "../../src/training/gradient-graph.js";
import { feedsOf, goldenCatalogue, intoTable, largestError, modelGolden } from "./golden.js";

const CLOSE = 1e-5;

const BASELINES = [
  "lr-ids",
  "lr-all",
  "embedding-mlp-ids",
  "embedding-mlp-all",
  "wide-deep-all",
  "neural-cf-ids",
  "neural-cf-all",
  "pnn-ids",
  "pnn-all",
  "deepfm-ids",
  "deepfm-all",
  "dcn-v2-ids",
  "dcn-v2-all",
];

const TRANSFORMERS = ["bst-ids", "bst-all", "dmin-ids", "dmin-all"];

for (const name of ["din-sum", "din-softmax", "mmdin-all", "mmdin-heads", ...BASELINES, ...TRANSFORMERS]) {
  describe(`${name}: what PyTorch gives for the definition, batch of 5, 7 items, histories of 0 to 4 steps`, () => {
    const golden = modelGolden(name);
    const model = findModel(golden.model).configure(golden.options);
    const { builder, outputs } = gradientGraph(model, goldenCatalogue);
    let executor: Executor;
    let found: Record<string, Value>;

    beforeAll(async () => {
      executor = await Executor.create(outputs);
      found = await executor.run(feedsOf(golden, builder));
    });
    afterAll(async () => executor.close());

    test("logits and loss of training, to 1e-5", () => {
      expect(largestError(found.logits!.data, golden.logits)).toBeLessThan(CLOSE);
      expect(largestError(found.loss!.data, [golden.loss])).toBeLessThan(CLOSE);
    });

    test("the gradient of every dense parameter, to 1e-5", () => {
      const dense = [...builder.parameters.keys()];
      const tables = [...builder.tables.keys()];
      expect([...dense, ...tables].sort()).toEqual(Object.keys(golden.gradients).sort());
      for (const parameter of dense) {
        const { data } = found[`gradient:${parameter}`]!;
        expect(largestError(data, golden.gradients[parameter]!), parameter).toBeLessThan(CLOSE);
      }
    });

    test("the gradient of every row of every table, to 1e-5: rows that the batch does not hold get none", () => {
      expect(builder.tableUses.size).toBe(builder.tables.size);
      for (const { table, input } of builder.tableUses.values()) {
        const expected = golden.gradients[table]!;
        const summed = intoTable(found[`gradient:${input}`]!, golden.rows[input]!, expected.length);
        expect(largestError(summed, expected), table).toBeLessThan(CLOSE);
      }
    });

    test("the moments of every Dice over real positions alone, to 1e-5", () => {
      expect([...builder.states.keys()].sort()).toEqual(Object.keys(golden.moments).sort());
      for (const [state, expected] of Object.entries(golden.moments)) {
        expect(largestError(found[`next:${state}`]!.data, expected), state).toBeLessThan(CLOSE);
      }
    });

    test("logits of evaluation, without dropout and with running moments, to 1e-5", async () => {
      const evaluation = new Builder({ training: false });
      const { logits } = model.forward(evaluation, { catalogue: goldenCatalogue });
      const executor = await Executor.create({ logits });
      const out = await executor.run(feedsOf(golden, evaluation));
      expect(largestError(out.logits!.data, golden.evaluationLogits)).toBeLessThan(CLOSE);
      await executor.close();
    });
  });
}

import { expect, test } from "vitest";
import { floats } from "../../test/graph/evaluate.js";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { runLayer } from "../../test/nn/run-layer.js";
import type { Catalogue } from "../data/columns.js";
import type { Value } from "../runtime/executor.js";
import { baselineOptions } from "./baseline-options.js";
import { neuralCf } from "./neural-cf.js";

/** Items by id alone, people by their history alone. */
const catalogue: Catalogue = {
  ...smallCatalogue,
  users: { ...smallCatalogue.users, embed: false },
  modalities: [],
  userFeatures: { schema: [], columns: [] },
  context: [],
};
const options = baselineOptions.parse({ dimension: 2, mlp: { units: [3], activation: "relu" } });
const int32 = (dims: number[], values: number[]): Value => ({ data: Int32Array.from(values), dims });

/** Two rows: item 2 without a history, item 2 after items 0 and 1. */
async function logits(factors: number[]) {
  const { out, weights } = await runLayer(
    (builder) => ({ logits: neuralCf.forward(builder, { catalogue, options }).logits }),
    {
      feeds: {
        candidate: int32([2], [2, 2]),
        history: int32([2, 2], [0, 0, 0, 1]),
        mask: floats([2, 2], [0, 0, 1, 1]),
        historyLength: floats([2, 1], [0, 2]),
        "rows:factor.item.id": floats([3, 2], factors),
      },
      letters: { U: 3 },
    },
  );
  return { logits: out.logits!, score: weights["score.weight"]! };
}

test("where users have no row, the mean of the history stands for them: mean([1, 2], [3, 6]) * [10, 1] = [20, 4]", async () => {
  const { logits: with0, score } = await logits([0, 0, 0, 0, 10, 1]);
  const { logits: found } = await logits([1, 2, 3, 6, 10, 1]);
  expect(found[1]! - with0[1]!).toBeCloseTo(20 * score[0]! + 4 * score[1]!, 5);
  expect(found[0]).toBe(with0[0]); // nobody's history is 0
});

import { expect, test } from "vitest";
import { goldenCatalogue } from "../../test/models/golden.js";
import { itemRate } from "./item-rate.js";

const catalogue = { ...goldenCatalogue, items: { count: 4, trained: 3 } };
const logit = (p: number): number => Math.fround(Math.log(p / (1 - p)));

test("rates of 3 items at a prior of 2 rows and .5: (2 + 1) / (3 + 2), 1 / (1 + 2), .5 for an item without a row", () => {
  const item = Int32Array.of(1, 1, 1, 2);
  const slice = { catalogue, item, user: Int32Array.of(1, 1, 2, 2), label: Uint8Array.of(1, 1, 0, 0) };
  const { "item.rate": rates } = itemRate.count!(slice, { prior: 2 });
  expect([...rates!]).toEqual([logit(1 / 2), logit(3 / 5), logit(1 / 3), logit(1 / 2)]);
});

test("where every row is positive the logits are finite: 13.8, that of 1 - 1e-6", () => {
  const slice = { catalogue, item: Int32Array.of(1), user: Int32Array.of(1), label: Uint8Array.of(1) };
  const { "item.rate": rates } = itemRate.count!(slice, { prior: 5 });
  expect([...rates!].map((rate) => rate.toFixed(1))).toEqual(["13.8", "13.8", "13.8", "13.8"]);
});

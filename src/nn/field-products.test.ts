import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { innerProducts, pairwiseSum } from "./field-products.js";

/** [row][pair]: the inner products of fields i < j, pair by pair. */
function byHand(values: readonly number[], { F, D }: { F: number; D: number }): number[][] {
  return rowsOf(values, F * D).map((row) => {
    const fields = rowsOf(row, D);
    const products: number[] = [];
    for (let i = 0; i < F; i++)
      for (let j = i + 1; j < F; j++) products.push(fields[i]!.reduce((sum, v, d) => sum + v * fields[j]![d]!, 0));
    return products;
  });
}

for (const { B, F, D } of [
  { B: 4, F: 5, D: 3 },
  { B: 1, F: 2, D: 1 },
  { B: 7, F: 3, D: 8 },
]) {
  const values = Array.from({ length: B * F * D }, (_, i) => 2 * spread(3)(i));
  const run = async (build: typeof pairwiseSum): Promise<number[]> =>
    (await runLayer(() => ({ y: build(input("x", ["B", F, D])) }), { feeds: { x: floats([B, F, D], values) } })).out.y!;

  test(`${F} fields of width ${D} have ${(F * (F - 1)) / 2} inner products, each pair once, in order`, async () => {
    const found = await run(innerProducts);
    expect(found.length).toBe((B * F * (F - 1)) / 2);
    expect(largestGap(found, byHand(values, { F, D }).flat())).toBeLessThan(1e-5);
  });

  test(`the second order of a factorisation machine is the sum over the pairs of ${F} fields of width ${D}`, async () => {
    const expected = byHand(values, { F, D }).map((products) => products.reduce((sum, product) => sum + product, 0));
    expect(largestGap(await run(pairwiseSum), expected)).toBeLessThan(1e-5);
  });
}

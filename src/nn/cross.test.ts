import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { affine, rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { crossLayers } from "./cross.js";
import { layerNorm } from "./layer-norm.js";

const F = 4;
const values = Array.from({ length: 5 * F }, (_, i) => 2 * spread(1)(i));
const feeds = { x: floats([5, F], values) };

test("cross layers are x_0 * (W x + b) + x, again and again", async () => {
  const { out, weights } = await runLayer(
    (builder) => ({ y: crossLayers(builder, input("x", ["B", F]), { name: "c", layers: 3 }) }),
    {
      feeds,
    },
  );
  const start = rowsOf(values, F);
  let x = start;
  for (let layer = 0; layer < 3; layer++) {
    const product = affine(x, weights[`c.${layer}.weight`]!, weights[`c.${layer}.bias`]!);
    x = x.map((row, b) => row.map((value, i) => start[b]![i]! * product[b]![i]! + value));
  }
  expect(largestGap(out.y!, x.flat())).toBeLessThan(1e-5);
});

test("a rank of 2 makes W the product of [4, 2] and [2, 4]", async () => {
  const { out, weights, builder } = await runLayer(
    (builder) => ({ y: crossLayers(builder, input("x", ["B", F]), { name: "c", layers: 1, rank: 2 }) }),
    { feeds },
  );
  const start = rowsOf(values, F);
  const product = affine(affine(start, weights["c.0.down"]!, [0, 0]), weights["c.0.up"]!, weights["c.0.bias"]!);
  const expected = start.flatMap((row, b) => row.map((value, i) => value * product[b]![i]! + value));
  expect(largestGap(out.y!, expected)).toBeLessThan(1e-5);
  expect(builder.parameters.get("c.0.down")!.shape).toEqual([F, 2]);
});

test("two layers are the default, and weights of 0 leave x as it is", async () => {
  const zeros = { weight: floats([F, F], () => 0), bias: floats([F], () => 0) };
  const { out, builder } = await runLayer(
    (builder) => ({ y: crossLayers(builder, input("x", ["B", F]), { name: "c" }) }),
    {
      feeds: {
        ...feeds,
        "parameter:c.0.weight": zeros.weight,
        "parameter:c.0.bias": zeros.bias,
        "parameter:c.1.weight": zeros.weight,
        "parameter:c.1.bias": zeros.bias,
      },
    },
  );
  expect(out.y).toEqual(values);
  expect(builder.parameters.size).toBe(4);
});

test("layer normalisation has mean 0 and variance 1 over the last axis, then gain and bias; a constant row becomes the bias", async () => {
  const rows = [
    [1, 2, 3, 4],
    [-5, 0, 0, 9],
    [7, 7, 7, 7],
  ];
  const { out, weights } = await runLayer(
    (builder) => ({ y: layerNorm(builder, input("x", ["B", F]), { name: "n" }) }),
    {
      feeds: { x: floats([3, F], rows.flat()) },
    },
  );
  const expected = rows.flatMap((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / F;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / F;
    return row.map(
      (value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * weights["n.gain"]![i]! + weights["n.bias"]![i]!,
    );
  });
  expect(largestGap(out.y!, expected)).toBeLessThan(1e-5);
  expect(out.y!.slice(8)).toEqual(weights["n.bias"]);
});

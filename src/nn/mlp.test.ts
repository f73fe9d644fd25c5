import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { affine, rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { linear } from "./linear.js";
import { mlp } from "./mlp.js";

const values = Array.from({ length: 15 }, (_, i) => spread(1)(i));
const x = floats([5, 3], values);

test("a linear layer is x W + b, and without bias x W", async () => {
  const { out, weights, builder } = await runLayer(
    (builder) => ({
      y: linear(builder, input("x", ["B", 3]), { name: "a", units: 4 }),
      bare: linear(builder, input("x", ["B", 3]), { name: "b", units: 4, bias: false }),
    }),
    { feeds: { x } },
  );
  expect(largestGap(out.y!, affine(rowsOf(values, 3), weights["a.weight"]!, weights["a.bias"]!).flat())).toBeLessThan(
    1e-6,
  );
  expect(largestGap(out.bare!, affine(rowsOf(values, 3), weights["b.weight"]!, [0, 0, 0, 0]).flat())).toBeLessThan(
    1e-6,
  );
  expect([...builder.parameters.keys()]).toEqual(["a.weight", "a.bias", "b.weight"]);
  expect([...builder.parameters.values()].map(({ decay }) => decay)).toEqual([true, false, true]);
});

test("a linear layer reads the last axis of any rank", async () => {
  const { out } = await runLayer(
    (builder) => ({ y: linear(builder, input("x", ["B", "T", 3]), { name: "a", units: 2 }) }),
    { feeds: { x: floats([1, 5, 3], values) } },
  );
  const flat = await runLayer((builder) => ({ y: linear(builder, input("x", ["B", 3]), { name: "a", units: 2 }) }), {
    feeds: { x },
  });
  expect(largestGap(out.y!, flat.out.y!)).toBeLessThan(1e-6);
});

test("an mlp is one linear layer and one activation per entry of units", async () => {
  const { out, weights, builder } = await runLayer(
    (builder) => ({ y: mlp(builder, input("x", ["B", 3]), { name: "m", units: [4, 2], activation: "tanh" }) }),
    { feeds: { x } },
  );
  const layer = (rows: number[][], at: number): number[][] =>
    affine(rows, weights[`m.${at}.weight`]!, weights[`m.${at}.bias`]!).map((row) => row.map(Math.tanh));
  expect(largestGap(out.y!, layer(layer(rowsOf(values, 3), 0), 1).flat())).toBeLessThan(1e-6);
  expect([...builder.parameters.keys()]).toEqual(["m.0.weight", "m.0.bias", "m.1.weight", "m.1.bias"]);
});

test("an mlp without units is its input", async () => {
  const { out } = await runLayer(
    (builder) => ({ y: mlp(builder, input("x", ["B", 3]), { name: "m", units: [], activation: "relu" }) }),
    { feeds: { x } },
  );
  expect(out.y).toEqual(values);
});

test("dropout follows every hidden layer, in training only: masks of 2 and 3 make a ReLU network six times as large", async () => {
  const run = (training: boolean): ReturnType<typeof runLayer> =>
    runLayer(
      (builder) => ({
        y: mlp(builder, input("x", ["B", 3]), { name: "m", units: [4, 2], activation: "relu", dropout: 0.2 }),
      }),
      {
        training,
        feeds: {
          x,
          "parameter:m.0.bias": floats([4], () => 0),
          "parameter:m.1.bias": floats([2], () => 0),
          "dropout:m.0": floats([5, 4], () => 2),
          "dropout:m.1": floats([5, 2], () => 3),
        },
      },
    );
  const [plain, dropped] = [await run(false), await run(true)];
  expect(
    largestGap(
      dropped.out.y!,
      plain.out.y!.map((value) => 6 * value),
    ),
  ).toBeLessThan(1e-5);
  expect(dropped.builder.plan.inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ["dropout:m.0", "B", 4],
    ["dropout:m.1", "B", 2],
  ]);
  expect(plain.builder.plan.inputs).toEqual([]);
});

test("a misfit names the layer: a last axis of unknown width", async () => {
  await expect(
    runLayer((builder) => ({ y: linear(builder, input("x", ["B", "T"]), { name: "a", units: 2 }) })),
  ).rejects.toThrow("the last axis must have a known width: got T");
});

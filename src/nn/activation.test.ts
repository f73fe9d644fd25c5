import { describe, expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { type LayerRun, rowsOf, runLayer, sigmoidOf } from "../../test/nn/run-layer.js";
import { gradients, input, matmul, reduceSum, type Tensor } from "../graph/index.js";
import { type Activation, activatedProduct, activation } from "./activation.js";
import { PARAMETER, STATE } from "./builder.js";

const N = 3;

function run(
  kind: Activation,
  values: readonly number[],
  { training = false, feeds = {} }: { training?: boolean; feeds?: Record<string, ReturnType<typeof floats>> } = {},
): Promise<LayerRun> {
  return runLayer(
    (builder) => {
      const y = activation(builder, input("x", ["B", N]), { name: "a", kind });
      const outputs: Record<string, Tensor> = { y };
      for (const { name, update } of builder.states.values()) if (update) outputs[`state ${name}`] = update.value;
      return outputs;
    },
    { training, feeds: { x: floats([values.length / N, N], values), ...feeds } },
  );
}

/** Dice with given moments, per unit. */
function diceOf(x: number, { mean, variance, slope }: { mean: number; variance: number; slope: number }): number {
  const p = sigmoidOf((x - mean) / Math.sqrt(variance + 1e-8));
  return p * x + (1 - p) * slope * x;
}

/** Mean and biased variance of every column. */
function momentsOf(rows: readonly (readonly number[])[]): { mean: number[]; variance: number[] } {
  const average = (pick: (row: readonly number[]) => number): number =>
    rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  const mean = rows[0]!.map((_, i) => average((row) => row[i]!));
  return { mean, variance: mean.map((m, i) => average((row) => (row[i]! - m) ** 2)) };
}

const values = Array.from({ length: 7 * N }, (_, i) => 4 * spread(1)(i) + (i % N));

test("PReLU is x above 0 and slope x below, one slope per unit, started at .25", async () => {
  const { out, weights, builder } = await run("prelu", [2, -2, 0, -1, 1e4, -1e4]);
  const [a, b, c] = weights["a.slope"]!;
  expect(largestGap(out.y!, [2, -2 * b!, 0, -1 * a!, 1e4, -1e4 * c!])).toBeLessThan(1e-6);
  expect(builder.parameters.get("a.slope")).toMatchObject({
    initial: { kind: "constant", value: 0.25 },
    decay: false,
    shape: [N],
  });
});

test("relu, sigmoid and tanh have no parameters", async () => {
  for (const [kind, expected] of [
    ["relu", (x: number) => Math.max(0, x)],
    ["sigmoid", sigmoidOf],
    ["tanh", Math.tanh],
  ] as const) {
    const { out, builder } = await run(kind, values);
    expect(largestGap(out.y!, values.map(expected))).toBeLessThan(1e-6);
    expect(builder.parameters.size + builder.states.size).toBe(0);
  }
});

describe("Dice", () => {
  test("scores with its running moments: slope starts at 0, mean at 0, variance at 1", async () => {
    const { out, weights, builder } = await run("dice", values);
    const expected = rowsOf(values, N).flatMap((row) =>
      row.map((x, i) =>
        diceOf(x, {
          mean: weights["a.mean"]![i]!,
          variance: weights["a.variance"]![i]!,
          slope: weights["a.slope"]![i]!,
        }),
      ),
    );
    expect(largestGap(out.y!, expected)).toBeLessThan(1e-5);
    expect(builder.parameters.get("a.slope")).toMatchObject({ initial: { kind: "constant", value: 0 } });
    expect(builder.states.get("a.mean")).toMatchObject({ initial: 0 });
    expect(builder.states.get("a.variance")).toMatchObject({ initial: 1 });
    expect([...builder.states.values()].some(({ update }) => update !== undefined)).toBe(false);
  });

  test("trains with the moments of its batch, whatever the running ones are, and moves those by .01", async () => {
    const { out, weights, builder } = await run("dice", values, { training: true });
    const { mean, variance } = momentsOf(rowsOf(values, N));
    const expected = rowsOf(values, N).flatMap((row) =>
      row.map((x, i) => diceOf(x, { mean: mean[i]!, variance: variance[i]!, slope: weights["a.slope"]![i]! })),
    );
    expect(largestGap(out.y!, expected)).toBeLessThan(1e-5);
    expect(largestGap(out["state a.mean"]!, mean)).toBeLessThan(1e-5);
    expect(largestGap(out["state a.variance"]!, variance)).toBeLessThan(1e-5);
    for (const { update } of builder.states.values()) expect(update).toMatchObject({ momentum: 0.01 });
  });

  test("of one row has variance 0: every x is its own mean, so half of it and half of its slope", async () => {
    const { out, weights } = await run("dice", [4, -4, 1e4], { training: true });
    const expected = [4, -4, 1e4].map((x, i) => (x + weights["a.slope"]![i]! * x) / 2);
    expect(largestGap(out.y!, expected)).toBeLessThan(1e-6);
  });

  const masked = (rows: readonly number[], mask: readonly number[][]): Promise<LayerRun> => {
    const [B, T] = [mask.length, mask[0]!.length];
    return runLayer(
      (builder) => {
        const x = input("x", ["B", "T", N]);
        const y = activation(builder, x, { name: "a", kind: "dice", mask: input("mask", ["B", "T"]) });
        const state = (name: string): Tensor => builder.states.get(name)!.update!.value;
        const [ofX] = gradients(reduceSum(y), [x]);
        return { y, mean: state("a.mean"), variance: state("a.variance"), ofX: ofX! };
      },
      {
        training: true,
        feeds: {
          x: floats([B, T, N], rows),
          mask: floats([B, T], mask.flat()),
          [`${STATE}a.mean`]: floats([N], [0.5, -1, 2]),
          [`${STATE}a.variance`]: floats([N], [1, 2, 3]),
        },
      },
    );
  };

  test("takes its moments over real positions only: padding of 1e4 changes neither them nor a real step", async () => {
    const mask = [
      [1, 1, 0, 0],
      [1, 0, 0, 0],
      [1, 1, 1, 0],
    ];
    const x = Array.from({ length: 12 * N }, (_, i) => (mask.flat()[Math.floor(i / N)] === 1 ? 3 * spread(5)(i) : 1e4));
    const { out, weights } = await masked(x, mask);
    const real = rowsOf(x, N).filter((_, at) => mask.flat()[at] === 1);
    const { mean, variance } = momentsOf(real);
    expect(largestGap(out.mean!, mean)).toBeLessThan(1e-5);
    expect(largestGap(out.variance!, variance)).toBeLessThan(1e-5);
    const expected = real.flatMap((row) =>
      row.map((value, i) => diceOf(value, { mean: mean[i]!, variance: variance[i]!, slope: weights["a.slope"]![i]! })),
    );
    const found = rowsOf(out.y!, N).filter((_, at) => mask.flat()[at] === 1);
    expect(largestGap(found.flat(), expected)).toBeLessThan(1e-5);
  });

  test("leaves its running moments where they are in a batch without a single real position", async () => {
    const { out } = await masked([5, 6, 7, 8, 9, 1], [[0], [0]]);
    expect(out.mean).toEqual([0.5, -1, 2]);
    expect(out.variance).toEqual([1, 2, 3]);
    expect(out.y!.every(Number.isFinite)).toBe(true);
    expect(out.ofX!.every(Number.isFinite)).toBe(true);
  });
});

describe("dropout(activation(x)) W", () => {
  const weight = floats([N, 2], spread(8));
  const drop = { name: "a", rate: 0.5, shape: ["B", N] };
  const both = (kind: Activation, { training, rate }: { training: boolean; rate: number }): Promise<LayerRun> =>
    runLayer(
      (builder) => {
        const [x, w] = [input("x", ["B", N]), input("w", [N, 2])];
        const product = activatedProduct(builder, x, { name: "a", kind, weight: w, drop: { ...drop, rate } });
        return { product, plain: matmul(activation(builder, x, { name: "b", kind }), w) };
      },
      {
        training,
        feeds: {
          x: floats([7, N], values),
          w: weight,
          "dropout:a": floats([7, N], () => 2),
          [`${PARAMETER}a.slope`]: floats([N], [0.25, 0.5, -0.125]),
          [`${PARAMETER}b.slope`]: floats([N], [0.25, 0.5, -0.125]),
        },
      },
    );

  test.each(["prelu", "relu", "tanh"] as const)(
    "is the product of the activation where nothing is dropped (%s)",
    async (kind) => {
      const { out } = await both(kind, { training: true, rate: 0 });
      expect(largestGap(out.product!, out.plain!)).toBeLessThan(1e-5);
    },
  );

  test("applies its mask in training only: a mask of 2 doubles it", async () => {
    const [training, scoring] = [
      await both("prelu", { training: true, rate: 0.5 }),
      await both("prelu", { training: false, rate: 0.5 }),
    ];
    expect(
      largestGap(
        training.out.product!,
        training.out.plain!.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-5);
    expect(largestGap(scoring.out.product!, scoring.out.plain!)).toBeLessThan(1e-5);
  });
});

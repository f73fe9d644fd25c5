import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import { type AttentionSample, plainAttention } from "../../test/nn/attention-reference.js";
import { type LayerRun, runLayer } from "../../test/nn/run-layer.js";
import { add, concat, gradients, input, mul, reduceSum, type Tensor } from "../graph/index.js";
import { attend } from "./attention.js";
import type { AttentionHead, AttentionOptions } from "./attention-options.js";
import { PARAMETER } from "./builder.js";

const Q = 8;
const W = 3;
const HEADS: AttentionHead[] = [
  { name: "id", query: { start: 0, end: 4 }, key: { start: 0, end: 4 } },
  { name: "text", query: { start: 4, end: 8 }, key: { start: 4, end: 8 } },
  { name: "all", query: { start: 0, end: 8 }, key: { start: 0, end: 8 } },
  { name: "id-text", query: { start: 0, end: 4 }, key: { start: 4, end: 8 } },
  { name: "text-id", query: { start: 4, end: 8 }, key: { start: 0, end: 4 } },
  { name: "id-text2", query: { start: 0, end: 4 }, key: { start: 4, end: 8 } },
  { name: "part", query: { start: 0, end: 2 }, key: { start: 4, end: 6 } },
];
const BASE: AttentionOptions = {
  name: "unit",
  heads: HEADS,
  hidden: [5],
  activation: "prelu",
  weights: "tanh",
  pool: "sqrt",
};

/** Four rows over six items: full, short, one step, empty; real steps in front, padding behind. */
function sample(T: number, { behaviour = true, lengths = [T, 3, 1, 0] } = {}): AttentionSample {
  const numbers = (seed: number, rows: number, width: number): number[][] =>
    Array.from({ length: rows }, (_, r) => Array.from({ length: width }, (_, i) => spread(seed)(r * width + i)));
  return {
    query: numbers(1, 4, Q),
    items: numbers(2, 6, Q),
    history: lengths.map((_, b) => Array.from({ length: T }, (_, t) => (3 * b + 5 * t) % 6)),
    mask: lengths.map((length) => Array.from({ length: T }, (_, t) => (t < length ? 1 : 0))),
    behaviour: behaviour ? lengths.map((_, b) => numbers(10 + b, T, W)) : null,
  };
}

function run(
  { query, items, history, mask, behaviour }: AttentionSample,
  options: AttentionOptions,
  {
    training = false,
    feeds = {},
    withGradients = false,
  }: { training?: boolean; feeds?: Record<string, ReturnType<typeof floats>>; withGradients?: boolean } = {},
): Promise<LayerRun> {
  const [B, T, U] = [query.length, history[0]!.length, items.length];
  return runLayer(
    (builder) => {
      const inputs = {
        query: input("query", ["B", Q]),
        items: input("items", ["U", Q]),
        history: input("history", ["B", "T"], { dtype: "int32" }),
        mask: input("mask", ["B", "T"]),
        length: input("length", ["B", 1]),
        behaviour: behaviour && input("behaviour", ["B", "T", W]),
      };
      const { interests, weights } = attend(builder, inputs, options);
      const outputs: Record<string, Tensor> = { weights };
      for (const { head, value } of interests) outputs[head.name] = value;
      if (withGradients) {
        const loss = reduceSum(concat(interests.map(({ value }) => add(value, mul(value, value)))));
        gradients(loss, [inputs.items, inputs.query]).forEach((gradient, i) => {
          outputs[`gradient${i}`] = gradient;
        });
      }
      return outputs;
    },
    {
      training,
      feeds: {
        query: floats([B, Q], query.flat()),
        items: floats([U, Q], items.flat()),
        history: ints([B, T], history.flat()),
        mask: floats([B, T], mask.flat()),
        length: floats(
          [B, 1],
          mask.map((row) => row.reduce((sum, bit) => sum + bit, 0)),
        ),
        ...(behaviour && { behaviour: floats([B, T, W], behaviour.flat(2)) }),
        ...feeds,
      },
    },
  );
}

describe("the split first layer equals the plain MLP over [q, k, q - k, q * k, behaviour] to 1e-5", () => {
  const one = (index: number): AttentionHead[] => [HEADS[index]!];
  test.each<[string, Partial<AttentionOptions>, boolean]>([
    ["all kinds of heads together", {}, true],
    ["without behaviour", {}, false],
    ["behaviour in the value", { behaviourInValue: true }, true],
    ["behaviour asked for in the value, and none there", { behaviourInValue: true }, false],
    ["one single-modality head", { heads: one(0) }, true],
    ["one joined head", { heads: one(2) }, true],
    ["cross-modal heads alone", { heads: [HEADS[3]!, HEADS[4]!, HEADS[5]!] }, true],
    ["one cross-modal head without behaviour", { heads: one(4) }, false],
    ["two hidden layers", { hidden: [5, 3] }, true],
    ["a last hidden layer of one unit", { hidden: [4, 1] }, true],
    ["Dice with running moments", { activation: "dice", hidden: [4, 3] }, true],
    ["ReLU", { activation: "relu" }, true],
    ["sigmoid", { activation: "sigmoid" }, true],
    ["tanh", { activation: "tanh" }, true],
    ["linear weights, summed: the paper's", { weights: "linear", pool: "sum" }, true],
    ["linear weights, mean", { weights: "linear", pool: "mean" }, true],
    ["softmax weights, summed", { weights: "softmax", pool: "sum" }, true],
    ["softmax weights, mean", { weights: "softmax", pool: "mean", behaviourInValue: true }, true],
  ])("%s", async (_, changes, behaviour) => {
    const options = { ...BASE, ...changes };
    const given = sample(7, { behaviour });
    const { out, weights } = await run(given, options);
    const expected = plainAttention(given, options, weights);
    expect(largestGap(out.weights!, expected.weights.flat(2))).toBeLessThan(1e-5);
    options.heads.forEach(({ name }, h) => {
      expect(largestGap(out[name]!, expected.interests[h]!.flat()), name).toBeLessThan(1e-5);
    });
  });

  test("in training with PReLU and no dropout it is the same numbers", async () => {
    const given = sample(7);
    const [scoring, training] = [await run(given, BASE), await run(given, BASE, { training: true })];
    expect(largestGap(training.out.all!, scoring.out.all!)).toBe(0);
  });
});

test("dropout keeps one mask per row and unit over all steps: a mask of 0 leaves the output's bias, the same at every step", async () => {
  const mask = floats([4, 1, HEADS.length * 5], () => 0);
  const options: AttentionOptions = { ...BASE, weights: "linear", dropout: 0.5 };
  const { out, weights, builder } = await run(sample(3, { lengths: [3, 3, 3, 3] }), options, {
    training: true,
    feeds: { "dropout:unit.0": mask },
  });
  expect(builder.plan.inputs).toContainEqual({
    from: "dropout",
    rate: 0.5,
    name: "dropout:unit.0",
    shape: ["B", 1, HEADS.length * 5],
    dtype: "float32",
  });
  const perStep = weights["unit.out.bias"]!;
  expect(out.weights).toEqual(Array.from({ length: 12 }, () => perStep).flat());
});

const KINDS = (["linear", "tanh", "softmax"] as const).flatMap((weights) =>
  (["sum", "sqrt", "mean"] as const).map((pool) => ({ weights, pool })),
);

describe.each(KINDS)("weights $weights, pool $pool", (kinds) => {
  test.each(["prelu", "dice"] as const)(
    "padding changes nothing, whatever it holds (%s, in training)",
    async (activation) => {
      const options: AttentionOptions = { ...BASE, ...kinds, activation, behaviourInValue: true };
      const short = sample(7);
      const long: AttentionSample = {
        ...short,
        history: short.history.map((row, b) => [...row, b, 5, 2, 4]),
        mask: short.mask.map((row) => [...row, 0, 0, 0, 0]),
        behaviour: short.behaviour!.map((row) => [...row, ...[9e3, -9e3, 7e3, 1e4].map((x) => [x, -x, x])]),
      };
      const plain = await run(short, options, { training: true });
      const padded = await run(long, options, { training: true });
      for (const { name } of HEADS) expect(largestGap(padded.out[name]!, plain.out[name]!), name).toBeLessThan(2e-6);
      const H = HEADS.length;
      for (let b = 0; b < 4; b++) {
        const row = padded.out.weights!.slice(b * 11 * H, (b + 1) * 11 * H);
        expect(largestGap(row.slice(0, 7 * H), plain.out.weights!.slice(b * 7 * H, (b + 1) * 7 * H))).toBeLessThan(
          2e-6,
        );
        expect(row.slice(7 * H).every((weight) => weight === 0)).toBe(true);
      }
    },
  );

  test("the order of the history changes nothing, where mask and behaviour move along", async () => {
    const options: AttentionOptions = { ...BASE, ...kinds, behaviourInValue: true };
    const given = sample(7);
    const order = [4, 0, 6, 2, 5, 1, 3];
    const moved: AttentionSample = {
      ...given,
      history: given.history.map((row) => order.map((t) => row[t]!)),
      mask: given.mask.map((row) => order.map((t) => row[t]!)),
      behaviour: given.behaviour!.map((row) => order.map((t) => row[t]!)),
    };
    const [plain, permuted] = [await run(given, options), await run(moved, options)];
    for (const { name } of HEADS) expect(largestGap(permuted.out[name]!, plain.out[name]!), name).toBeLessThan(2e-6);
  });

  test("an empty history gives exactly 0, and finite gradients", async () => {
    const options: AttentionOptions = { ...BASE, ...kinds, behaviourInValue: true };
    const { out } = await run(sample(2, { lengths: [0, 0, 0, 0] }), options, { withGradients: true });
    for (const { name } of HEADS)
      expect(
        out[name]!.every((value) => value === 0),
        name,
      ).toBe(true);
    expect(out.weights!.every((weight) => weight === 0)).toBe(true);
    expect(out.gradient0!.every((value) => value === 0)).toBe(true);
    expect(out.gradient1!.every((value) => value === 0)).toBe(true);
  });
});

describe("softmax weights", () => {
  const softmax: AttentionOptions = { ...BASE, weights: "softmax" };

  test("sum to 1 over the real steps of every head and are 0 at padding; an empty history sums to 0", async () => {
    const { out } = await run(sample(7), softmax);
    const H = HEADS.length;
    for (const [b, length] of [7, 3, 1, 0].entries()) {
      for (let h = 0; h < H; h++) {
        const own = Array.from({ length: 7 }, (_, t) => out.weights![(b * 7 + t) * H + h]!);
        expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(length === 0 ? 0 : 1, 6);
        expect(own.slice(length).every((weight) => weight === 0)).toBe(true);
      }
    }
  });

  test("stay finite and sum to 1 where logits are in the thousands", async () => {
    const large = floats([5, 1], (i) => 1e4 * (i - 2));
    const { out } = await run(
      sample(7),
      { ...softmax, heads: [HEADS[2]!] },
      { feeds: { [`${PARAMETER}unit.out.all.weight`]: large } },
    );
    const first = out.weights!.slice(0, 7);
    expect(first.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
    expect(first.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
  });
});

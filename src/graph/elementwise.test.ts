import { describe, expect, test } from "vitest";
import { evaluate, floats, ints, resultOf, spread } from "../../test/graph/evaluate.js";
import { gradients } from "./gradients.js";
import {
  abs,
  add,
  cast,
  div,
  exp,
  floor,
  input,
  less,
  log,
  mul,
  neg,
  reduceSum,
  relu,
  sigmoid,
  softplus,
  sqrt,
  step,
  stopGradient,
  sub,
  tanh,
} from "./ops.js";
import type { OpName, Tensor } from "./tensor.js";

const SIZES = [0, 1, 127, 128, 129, 1001];
const EDGES = [0, 100, -100, 1e4, -1e4, 1, -1, 1e-30, -1e-30, 0.5, -0.5, 20, -20];

/** The edges in turn, and numbers between -8 and 8 between them. */
const sample = (size: number, seed = 0): number[] => {
  const between = spread(seed);
  return Array.from({ length: size }, (_, i) =>
    Math.fround(i % 2 === 0 ? EDGES[((i >> 1) + seed) % EDGES.length]! : 8 * between(i)),
  );
};

/** Ops that move, join or add up elements: ops.test.ts has those. */
type Structural =
  | "input"
  | "constant"
  | "axisSize"
  | "matmul"
  | "gemm"
  | "softmax"
  | "reduceSum"
  | "reduceMean"
  | "reduceMax"
  | "gather"
  | "scatterAdd"
  | "oneHot"
  | "concat"
  | "slice"
  | "part"
  | "pad"
  | "reshape"
  | "unsqueeze"
  | "reshapeLike"
  | "expandLike"
  | "transpose";
type BinaryName = "add" | "sub" | "mul" | "div" | "less";
type Unary = readonly [build: (x: Tensor) => Tensor, expected: (x: number) => number];
type Binary = readonly [build: (a: Tensor, b: Tensor) => Tensor, expected: (a: number, b: number) => number];

const UNARY: { [K in Exclude<OpName, Structural | BinaryName>]: Unary } = {
  neg: [neg, (x) => -x],
  abs: [abs, Math.abs],
  floor: [floor, Math.floor],
  relu: [relu, (x) => Math.max(0, x)],
  step: [step, (x) => (x > 0 ? 1 : 0)],
  sigmoid: [sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  tanh: [tanh, Math.tanh],
  exp: [exp, Math.exp],
  log: [log, Math.log],
  sqrt: [sqrt, Math.sqrt],
  softplus: [softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  stopGradient: [stopGradient, (x) => x],
  cast: [(x) => cast(cast(x, "int32"), "float32"), Math.trunc],
};

const BINARY: { [K in BinaryName]: Binary } = {
  add: [add, (a, b) => a + b],
  sub: [sub, (a, b) => a - b],
  mul: [mul, (a, b) => a * b],
  div: [div, (a, b) => a / b],
  less: [less, (a, b) => (a < b ? 1 : 0)],
};

describe("every elementwise op equals JavaScript's Math at 0, +-100, +-1e4 and between, on 0 to 1001 elements", () => {
  test.each(Object.entries(UNARY))("%s", async (_, [build, expected]) => {
    for (const size of SIZES) {
      const x = sample(size);
      const y = await resultOf(build(input("x", ["B"])), { x: floats([size], x) });
      expectClose(
        y,
        x.map((value) => Math.fround(expected(value))),
        x,
      );
    }
  });

  test.each(Object.entries(BINARY))("%s", async (_, [build, expected]) => {
    for (const size of SIZES) {
      const [a, b] = [sample(size), sample(size, 3)];
      const y = await resultOf(build(input("a", ["B"]), input("b", ["B"])), {
        a: floats([size], a),
        b: floats([size], b),
      });
      expectClose(
        y,
        a.map((value, i) => Math.fround(expected(value, b[i]!))),
        a,
      );
    }
  });
});

/** To six digits, or 1e-7 near 0; infinities and NaN must be where they belong. */
function expectClose(values: readonly number[], expected: readonly number[], x: readonly number[]): void {
  expect(values.length).toBe(expected.length);
  const off = values.flatMap((value, i) => {
    const goal = expected[i]!;
    const fits = Object.is(value, goal) || value === goal || Math.abs(value - goal) <= 1e-7 + 2e-6 * Math.abs(goal);
    return fits ? [] : [`${x[i]}: ${value} for ${goal}`];
  });
  expect(off).toEqual([]);
}

test("softplus(1e4) is 1e4, and softplus(-1e4) is 0", async () => {
  expect(await resultOf(softplus(input("x", ["B"])), { x: floats([2], [1e4, -1e4]) })).toEqual([1e4, 0]);
});

test("step is 1 from the smallest normal float on, and 0 at 0, -0 and below", async () => {
  const x = [1e-30, 1.2e-38, 3e38, 0, -0, -1e-30, -3e38];
  expect(await resultOf(step(input("x", ["B"])), { x: floats([7], x) })).toEqual([1, 1, 1, 0, 0, 0, 0]);
});

test("the gradient of relu and abs at 0 is 0, and that of sigmoid, tanh and softplus at +-1e4 is finite", async () => {
  const x = input("x", ["B"]);
  const at = async (y: Tensor, values: number[]): Promise<number[]> =>
    resultOf(gradients(reduceSum(y), [x])[0]!, { x: floats([values.length], values) });
  expect(await at(relu(x), [0, 1, -1])).toEqual([0, 1, 0]);
  expect(await at(abs(x), [0, 2, -2])).toEqual([0, 1, -1]);
  expect(await at(softplus(x), [1e4, -1e4])).toEqual([1, 0]);
  expect(await at(tanh(x), [1e4, -1e4])).toEqual([0, 0]);
  expect(await at(sigmoid(x), [1e4, -1e4])).toEqual([0, 0]);
});

test("a number stands for a scalar on either side", async () => {
  const x = input("x", ["B"]);
  expect(await evaluate({ left: sub(1, x), right: div(x, 4) }, { x: floats([2], [3, 8]) })).toEqual({
    left: [-2, -7],
    right: [0.75, 2],
  });
});

test("operands stretch from the right: [2, 1] + [3] has six sums", async () => {
  const y = add(input("a", ["B", 1]), input("b", [3]));
  expect(y.shape).toEqual(["B", 3]);
  expect(await resultOf(y, { a: floats([2, 1], [10, 20]), b: floats([3], [1, 2, 3]) })).toEqual([
    11, 12, 13, 21, 22, 23,
  ]);
});

test("integers become floats by a cast, one by one", async () => {
  const y = cast(input("i", ["B"], { dtype: "int32" }), "float32");
  expect(await resultOf(y, { i: ints([3], [-2, 0, 7]) })).toEqual([-2, 0, 7]);
});

import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, resultOf, spread } from "../../test/graph/evaluate.js";
import {
  add,
  axisSize,
  cast,
  concat,
  constant,
  expandLike,
  gather,
  gemm,
  input,
  matmul,
  oneHot,
  pad,
  part,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  reshapeLike,
  scatterAdd,
  slice,
  softmax,
  transpose,
  unsqueeze,
} from "./ops.js";
import { sizeOf } from "./shape.js";
import type { Tensor } from "./tensor.js";

const count = (size: number): number[] => Array.from({ length: size }, (_, i) => i + 1);

test.each([0, 1, 2, 3, 7])(
  "parts of an axis of %i follow each other to the whole; beyond its end they are empty",
  async (T) => {
    const x = floats([T, 2], spread(1));
    const parts = [
      { start: 0, end: 2 },
      { start: 2, end: 3 },
      { start: 3, end: 5 },
      { start: 5, end: null },
    ].map(({ start, end }) => part(input("x", ["T", 2]), { axis: 0, start, end }));
    expect(parts.map(({ shape }) => shape[0])).toEqual(["T[0:2]", "T[2:3]", "T[3:5]", "T[5:]"]);
    const whole = concat(parts, 0);
    expect(whole.shape).toEqual(["T", 2]);
    expect(await resultOf(whole, { x })).toEqual(Array.from(x.data, Number));
  },
);

test.each([
  { m: 3, k: 2, n: 4, c: [3, 1] },
  { m: 127, k: 33, n: 129, c: [129] },
  { m: 0, k: 3, n: 2, c: [1, 2] },
  { m: 5, k: 3, n: 2, c: [] },
])("gemm: [$m, $k] x [$k, $n] + $c is the product and the sum to 1e-6", async ({ m, k, n, c }) => {
  const feeds = { a: floats([m, k], spread(1)), b: floats([k, n], spread(2)), c: floats(c, spread(3)) };
  const [a, b, added] = [input("a", [m, k]), input("b", [k, n]), input("c", c)];
  const expected = await resultOf(add(matmul(a, b), added), feeds);
  expect(largestGap(await resultOf(gemm(a, b, added), feeds), expected)).toBeLessThan(1e-6);
});

describe("matrix products", () => {
  /** [batch, m, k] x [batch, k, n] by the definition, in double precision; operands are read transposed where asked. */
  const product = (
    a: (b: number, i: number, l: number) => number,
    b: (b: number, l: number, j: number) => number,
    { batch, m, k, n }: { batch: number; m: number; k: number; n: number },
  ): number[] => {
    const out: number[] = [];
    for (let s = 0; s < batch; s++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a(s, i, l) * b(s, l, j);
          out.push(sum);
        }
    return out;
  };

  test.each([
    { m: 1, k: 1, n: 1 },
    { m: 3, k: 2, n: 4 },
    { m: 127, k: 33, n: 129 },
    { m: 1001, k: 7, n: 1 },
    { m: 0, k: 3, n: 2 },
    { m: 2, k: 0, n: 3 },
  ])("[$m, $k] x [$k, $n] and every transposed reading equal three loops to 1e-5", async ({ m, k, n }) => {
    const [a, b] = [spread(1), spread(2)];
    const expected = product(
      (_, i, l) => a(i * k + l),
      (_, l, j) => b(l * n + j),
      { batch: 1, m, k, n },
    );
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const left = floats(transposeA ? [k, m] : [m, k], (at) =>
          a(transposeA ? (at % m) * k + Math.floor(at / m) : at),
        );
        const right = floats(transposeB ? [n, k] : [k, n], (at) =>
          b(transposeB ? (at % k) * n + Math.floor(at / k) : at),
        );
        const y = matmul(input("a", left.dims), input("b", right.dims), { transposeA, transposeB });
        expect(y.shape).toEqual([m, n]);
        expect(largestGap(await resultOf(y, { a: left, b: right }), expected)).toBeLessThan(1e-5);
      }
  });

  test.each([
    { left: [3], right: [3], out: [3] },
    { left: [1], right: [3], out: [3] },
    { left: [3], right: [], out: [3] },
    { left: [], right: [3], out: [3] },
    { left: [2, 1], right: [1, 2], out: [2, 2] },
    { left: [2, 2], right: [2], out: [2, 2] },
  ])("leading axes $left and $right broadcast to $out, in every transposed reading", async ({ left, right, out }) => {
    const [m, k, n] = [2, 3, 4];
    const [a, b] = [spread(3), spread(4)];
    // The place of a matrix in its own leading axes, from its place in the broadcast ones.
    const placeIn =
      (own: number[]) =>
      (s: number): number => {
        let [rest, at, step] = [s, 0, 1];
        for (let axis = out.length - 1; axis >= 0; axis--) {
          const along = rest % out[axis]!;
          rest = Math.floor(rest / out[axis]!);
          const size = own[axis - out.length + own.length] ?? 1;
          at += (size === 1 ? 0 : along) * step;
          step *= size;
        }
        return at;
      };
    const [placeA, placeB] = [placeIn(left), placeIn(right)];
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const leftDims = [...left, ...(transposeA ? [k, m] : [m, k])];
        const rightDims = [...right, ...(transposeB ? [n, k] : [k, n])];
        const y = matmul(input("a", leftDims), input("b", rightDims), { transposeA, transposeB });
        const expected = product(
          (s, i, l) => a(placeA(s) * m * k + (transposeA ? l * m + i : i * k + l)),
          (s, l, j) => b(placeB(s) * k * n + (transposeB ? j * k + l : l * n + j)),
          { batch: sizeOf(out), m, k, n },
        );
        expect(y.shape).toEqual([...out, m, n]);
        const values = await resultOf(y, { a: floats(leftDims, a), b: floats(rightDims, b) });
        expect(largestGap(values, expected)).toBeLessThan(1e-5);
      }
  });
});

describe("softmax", () => {
  test("of equal numbers is equal, whatever their size: four of 1e4 are .25 each", async () => {
    expect(await resultOf(softmax(input("x", ["B", 4])), { x: floats([1, 4], () => 1e4) })).toEqual(
      Array(4).fill(0.25),
    );
  });

  test("of 1e4, 100, 0 and -1e4 is 1, 0, 0, 0", async () => {
    expect(await resultOf(softmax(input("x", [4])), { x: floats([4], [1e4, 100, 0, -1e4]) })).toEqual([1, 0, 0, 0]);
  });

  test.each([1, 127, 128, 129, 1001])("over %i numbers equals exp(x) / sum exp(x) to 1e-6", async (size) => {
    const x = Array.from({ length: size }, (_, i) => 8 * spread(5)(i));
    const total = x.reduce((sum, value) => sum + Math.exp(value), 0);
    const y = await resultOf(softmax(input("x", ["B"])), { x: floats([size], x) });
    expect(
      largestGap(
        y,
        x.map((value) => Math.exp(value) / total),
      ),
    ).toBeLessThan(1e-6);
  });

  test("runs along any axis: the columns of [[0, 5], [0, 5]] are .5 each, its rows are not", async () => {
    const x = input("x", [2, 2]);
    const feeds = { x: floats([2, 2], [0, 5, 0, 5]) };
    expect(await resultOf(softmax(x, 0), feeds)).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect((await resultOf(softmax(x, -1), feeds))[0]).toBeCloseTo(0.00669, 5);
  });

  test("of no rows is no rows", async () => {
    expect(await resultOf(softmax(input("x", ["B", 3])), { x: floats([0, 3], []) })).toEqual([]);
  });
});

describe("reductions", () => {
  test("sum, mean and largest of [2, 3] over rows, columns and all", async () => {
    const x = input("x", ["B", 3]);
    const feeds = { x: floats([2, 3], [1, 2, 3, -4, -5, -9]) };
    expect(await resultOf(reduceSum(x, { axes: [0] }), feeds)).toEqual([-3, -3, -6]);
    expect(await resultOf(reduceSum(x, { axes: [-1] }), feeds)).toEqual([6, -18]);
    expect(await resultOf(reduceSum(x), feeds)).toEqual([-12]);
    expect(await resultOf(reduceMean(x, { axes: [1] }), feeds)).toEqual([2, -6]);
    expect(await resultOf(reduceMax(x, { axes: [1] }), feeds)).toEqual([3, -4]);
    expect(await resultOf(reduceMax(x, { axes: [0, 1] }), feeds)).toEqual([3]);
  });

  test("keepDims leaves the axis as 1", () => {
    expect(reduceSum(input("x", ["B", "T", 2]), { axes: [1], keepDims: true }).shape).toEqual(["B", 1, 2]);
    expect(reduceSum(input("x", ["B", "T", 2]), { axes: [0, -1] }).shape).toEqual(["T"]);
  });

  test.each([1, 127, 128, 129, 1001])(
    "the sum and the mean of %i numbers equal those of a loop to 1e-5",
    async (size) => {
      const x = Array.from({ length: size }, (_, i) => spread(6)(i));
      const total = x.reduce((sum, value) => sum + value, 0);
      const feeds = { x: floats([size], x) };
      expect((await resultOf(reduceSum(input("x", ["B"])), feeds))[0]).toBeCloseTo(total, 4);
      expect((await resultOf(reduceMean(input("x", ["B"])), feeds))[0]).toBeCloseTo(total / size, 6);
    },
  );

  test("the sum of nothing is 0", async () => {
    expect(await resultOf(reduceSum(input("x", ["B", 2]), { axes: [0] }), { x: floats([0, 2], []) })).toEqual([0, 0]);
  });

  test("axisSize counts letters and numbers: [B, T, 5] over T and the last axis is 35 where T is 7", async () => {
    const y = axisSize(input("x", ["B", "T", 5]), [1, -1]);
    expect(await resultOf(y, { x: floats([2, 7, 5], () => 0) })).toEqual([35]);
  });
});

describe("rows", () => {
  test("gather reads rows by indices of any rank", async () => {
    const y = gather(input("x", ["U", 2]), input("i", ["B", "T"], { dtype: "int32" }));
    expect(y.shape).toEqual(["B", "T", 2]);
    const feeds = { x: floats([3, 2], count(6)), i: ints([2, 2], [2, 0, 1, 2]) };
    expect(await resultOf(y, feeds)).toEqual([5, 6, 1, 2, 3, 4, 5, 6]);
  });

  test("gather reads integers too", async () => {
    const y = cast(gather(constant(Int32Array.of(7, 8, 9)), input("i", [2], { dtype: "int32" })), "float32");
    expect(await resultOf(y, { i: ints([2], [2, 1]) })).toEqual([9, 8]);
  });

  test("scatterAdd sums what lands on one row, and leaves other rows 0", async () => {
    const y = scatterAdd(input("i", ["B"], { dtype: "int32" }), input("x", ["B", 2]), [3, 2]);
    const feeds = { i: ints([3], [2, 0, 2]), x: floats([3, 2], [1, 2, 10, 20, 100, 200]) };
    expect(await resultOf(y, feeds)).toEqual([10, 20, 0, 0, 101, 202]);
  });

  test("oneHot marks an index, and nothing where it is out of range above", async () => {
    const y = oneHot(input("i", ["B"], { dtype: "int32" }), 3);
    expect(await resultOf(y, { i: ints([3], [2, 0, 3]) })).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0]);
  });
});

describe("moves", () => {
  const x = input("x", ["B", 3]);
  const feeds = { x: floats([2, 3], count(6)) };

  test.each<[string, Tensor, (number | string)[], number[]]>([
    ["concat joins columns", concat([x, slice(x, { start: 0, end: 1 })]), ["B", 4], [1, 2, 3, 1, 4, 5, 6, 4]],
    ["slice takes the part [1, 3)", slice(x, { start: 1, end: 3 }), ["B", 2], [2, 3, 5, 6]],
    ["slice of everything is the tensor itself", slice(x, { start: 0, end: 3 }), ["B", 3], count(6)],
    ["pad puts zeros around", pad(x, { axis: 1, before: 1, after: 1 }), ["B", 5], [0, 1, 2, 3, 0, 0, 4, 5, 6, 0]],
    ["transpose turns", transpose(x, [1, 0]), [3, "B"], [1, 4, 2, 5, 3, 6]],
    ["reshape copies and counts", reshape(x, ["rest", 1]), ["3*B", 1], count(6)],
    ["unsqueeze adds an axis", unsqueeze(x, 1), ["B", 1, 3], count(6)],
    ["unsqueeze counts from the end", unsqueeze(x, -1), ["B", 3, 1], count(6)],
    ["reshapeLike takes a shape", reshapeLike(transpose(x, [1, 0]), x), ["B", 3], [1, 4, 2, 5, 3, 6]],
    ["expandLike stretches", expandLike(constant(Float32Array.of(7, 8, 9)), x), ["B", 3], [7, 8, 9, 7, 8, 9]],
  ])("%s", async (_, y, shape, expected) => {
    expect(y.shape).toEqual(shape);
    expect(await resultOf(y, feeds)).toEqual(expected);
  });

  test("products of letters are one dimension, in whatever order they meet", () => {
    const y = input("y", ["T", "B", 2]);
    expect(reshape(y, ["rest"]).shape).toEqual(["2*B*T"]);
    expect(reshape(transpose(y, [1, 0, 2]), ["rest", 2]).shape).toEqual(reshape(y, ["rest", 2]).shape);
    expect(reshape(reshape(y, ["rest"]), [2, "rest"]).shape).toEqual([2, "B*T"]);
  });

  test.each([1, 127, 129, 1001])("joining and parting %i rows of 3 changes nothing", async (size) => {
    const parts = [slice(x, { start: 0, end: 1 }), slice(x, { start: 1, end: 3 })];
    const values = count(3 * size);
    expect(await resultOf(concat(parts), { x: floats([size, 3], values) })).toEqual(values);
  });
});

import { describe, expect, test } from "vitest";
import { MmdinError } from "../errors.js";
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
  reduceMean,
  reduceSum,
  relu,
  reshape,
  reshapeLike,
  scatterAdd,
  slice,
  softmax,
  sub,
  transpose,
  unsqueeze,
} from "./ops.js";
import { formatShape, normalAxis, productOf, resolveShape } from "./shape.js";
import { inLayer } from "./tensor.js";

const rows = input("rows", ["B", 3]);
const steps = input("steps", ["B", "T", 4]);
const places = input("places", ["B"], { dtype: "int32" });
const scalar = constant(1);

describe("every misfit is refused by a message that names the op, what was expected and what came", () => {
  test.each<[string, () => unknown]>([
    [
      "add: shapes do not broadcast: expected equal dimensions or 1, from the right, got [B, 3] and [B, T, 4]",
      () => add(rows, steps),
    ],
    [
      "sub: shapes do not broadcast: expected equal dimensions or 1, from the right, got [B, 3] and [T, 3]",
      () => sub(rows, input("t", ["T", 3])),
    ],
    ["add: a tensor of another type: expected float32, got int32 [B]", () => add(places, 1)],
    ["relu: a tensor of another type: expected float32, got int32 [B]", () => relu(places)],
    ["softmax: a tensor of another type: expected float32, got int32 [B]", () => softmax(places)],
    ["reduceSum: a tensor of another type: expected float32, got int32 [B]", () => reduceSum(places)],
    [
      "matmul: inner dimensions differ: expected [..., m, k] and [..., k, n] of one k, got k = 3 of [B, 3] and k = 4 of [4, 2]",
      () => matmul(rows, input("w", [4, 2])),
    ],
    [
      "matmul: inner dimensions differ: expected [..., m, k] and [..., k, n] of one k, got k = B of [B, 3] and k = 3 of [3, 2]",
      () => matmul(rows, input("w", [3, 2]), { transposeA: true }),
    ],
    [
      "matmul: a matrix product takes tensors of rank 2 or more: expected [..., m, k] and [..., k, n], got [B, 3] and [3]",
      () => matmul(rows, input("w", [3])),
    ],
    [
      "matmul: shapes do not broadcast: expected equal dimensions or 1, from the right, got [B] and [T]",
      () => matmul(steps, input("w", ["T", 4, 2])),
    ],
    ["matmul: a tensor of another type: expected float32, got int32 [B]", () => matmul(rows, places)],
    ["softmax: axis out of range: expected an axis of a rank-2 tensor, got 2", () => softmax(rows, 2)],
    [
      "reduceSum: axis out of range: expected an axis of a rank-2 tensor, got -3",
      () => reduceSum(rows, { axes: [-3] }),
    ],
    [
      "reduceMean: an axis is named twice: expected each axis once, got [1, -1]",
      () => reduceMean(rows, { axes: [1, -1] }),
    ],
    ["axisSize: axis out of range: expected an axis of a rank-2 tensor, got 5", () => axisSize(rows, [5])],
    ["gather: a tensor of another type: expected int32, got float32 [B, 3]", () => gather(steps, rows)],
    ["gather: a scalar has no rows: expected [N, ...], got []", () => gather(scalar, places)],
    [
      "scatterAdd: updates do not fit the indices: expected [B, 2], got [B, 3]",
      () => scatterAdd(places, rows, ["U", 2]),
    ],
    ["scatterAdd: a tensor of another type: expected int32, got float32 [B, 3]", () => scatterAdd(rows, rows, ["U"])],
    ["scatterAdd: a scalar has no rows: expected [N, ...], got []", () => scatterAdd(places, rows, [])],
    ["oneHot: a tensor of another type: expected int32, got float32 [B, 3]", () => oneHot(rows, 4)],
    ["concat: tensors differ outside axis 1: expected [B, 3], got [T, 3]", () => concat([rows, input("t", ["T", 3])])],
    [
      "concat: the joined axis must be of known sizes: expected numbers, or all parts of one letter, got B, B",
      () => concat([rows, rows], 0),
    ],
    [
      "concat: the joined axis must be of known sizes: expected numbers, or all parts of one letter, got B[0:2], B[3:]",
      () => concat([part(rows, { axis: 0, start: 0, end: 2 }), part(rows, { axis: 0, start: 3, end: null })], 0),
    ],
    [
      "part: no such part of axis 1: expected a letter, and 0 <= start < end, got 0 to 2 of [B, 3]",
      () => part(rows, { axis: 1, start: 0, end: 2 }),
    ],
    [
      "part: no such part of axis 0: expected a letter, and 0 <= start < end, got 2 to 2 of [B, 3]",
      () => part(rows, { axis: 0, start: 2, end: 2 }),
    ],
    [
      "gemm: gemm takes matrices: expected [m, k] and [k, n], got [B, T, 4] and [4, 2]",
      () => gemm(steps, input("w", [4, 2]), scalar),
    ],
    [
      "gemm: what is added is larger than the product: expected [B, 2], got [T, B, 2]",
      () => gemm(rows, input("w", [3, 2]), input("c", ["T", "B", 2])),
    ],
    ["concat: nothing to join: expected one tensor or more, got none", () => concat([])],
    ["concat: a tensor of another type: expected float32, got int32 [B, 3]", () => concat([rows, cast(rows, "int32")])],
    [
      "slice: no such part of axis 1: expected 0 <= start < end <= 3, got 2 to 4 of [B, 3]",
      () => slice(rows, { start: 2, end: 4 }),
    ],
    [
      "slice: no such part of axis 1: expected 0 <= start < end <= 3, got 2 to 2 of [B, 3]",
      () => slice(rows, { start: 2, end: 2 }),
    ],
    [
      "slice: no such part of axis 0: expected 0 <= start < end <= B, got 0 to 2 of [B, 3]",
      () => slice(rows, { axis: 0, start: 0, end: 2 }),
    ],
    [
      "pad: only an axis of known size can be padded, by 0 or more: expected numbers, got 1 before and 0 after axis 0 of [B, 3]",
      () => pad(rows, { axis: 0, before: 1, after: 0 }),
    ],
    [
      "pad: only an axis of known size can be padded, by 0 or more: expected numbers, got -1 before and 0 after axis 1 of [B, 3]",
      () => pad(rows, { axis: 1, before: -1, after: 0 }),
    ],
    ["reshape: sizes do not match: expected the elements of [B, 3], got [copy, 4]", () => reshape(rows, ["copy", 4])],
    [
      "reshape: sizes do not match: expected the elements of [B, T, 4], got [rest, 3]",
      () => reshape(steps, ["rest", 3]),
    ],
    ["reshape: sizes do not match: expected the elements of [B, 3], got [3]", () => reshape(rows, [3])],
    [
      "reshape: sizes do not match: expected the elements of [B, 3], got [copy, copy, copy]",
      () => reshape(rows, ["copy", "copy", "copy"]),
    ],
    [
      `reshape: two axes are open: expected at most one "rest", got [rest, rest]`,
      () => reshape(rows, ["rest", "rest"]),
    ],
    ["unsqueeze: axis out of range: expected an axis of a rank-3 tensor, got 3", () => unsqueeze(rows, 3)],
    ["reshapeLike: sizes do not match: expected the elements of [B, 3], got [B, T, 4]", () => reshapeLike(steps, rows)],
    ["expandLike: cannot be stretched: expected [3], got [B, 3]", () => expandLike(rows, input("w", [3]))],
    ["transpose: not a permutation of the axes: expected each of 0..1 once, got [0, 0]", () => transpose(rows, [0, 0])],
    ["transpose: not a permutation of the axes: expected each of 0..1 once, got [0]", () => transpose(rows, [0])],
  ])("%s", (message, build) => {
    expect(build).toThrow(expect.objectContaining({ name: "MmdinError", code: "SHAPE", message }));
  });
});

test("a misfit inside layers names them from the outside in, then the op", () => {
  const build = (): unknown => inLayer("mmdin", () => inLayer("attend", () => add(rows, steps)));
  expect(build).toThrow(/^mmdin\/attend\/add: shapes do not broadcast: expected .* got \[B, 3\] and \[B, T, 4\]$/);
});

test("a layer passes other errors on as they are", () => {
  expect(() =>
    inLayer("mmdin", () => {
      throw new MmdinError("CONFIG", "no such option");
    }),
  ).toThrow(expect.objectContaining({ code: "CONFIG", message: "no such option" }));
});

test("a product of dimensions multiplies its numbers and sorts its letters", () => {
  expect(productOf([2, 3])).toBe(6);
  expect(productOf(["T", 2, "B"])).toBe("2*B*T");
  expect(productOf(["2*B", 3, "T"])).toBe("6*B*T");
  expect(productOf([0, "B"])).toBe(0);
  expect(productOf([])).toBe(1);
});

test("letters and products have the numbers of a run, and one without is named", () => {
  expect(resolveShape(["B", 2, "3*B*T"], { B: 5, T: 7 })).toEqual([5, 2, 105]);
  expect(() => resolveShape(["U"], { B: 5, T: 7 })).toThrow("dimension U has no value: expected one of B, T");
});

test("an axis counts from either end", () => {
  expect([normalAxis(1, 3), normalAxis(-1, 3), normalAxis(-3, 3)]).toEqual([1, 2, 0]);
  expect(() => normalAxis(0, 0)).toThrow("axis out of range: expected an axis of a rank-0 tensor, got 0");
  expect(formatShape(["B", 3])).toBe("[B, 3]");
});

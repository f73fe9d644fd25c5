import { expect, test } from "vitest";
import { evaluate, floats, resultOf, spread } from "../../test/graph/evaluate.js";
import { gradients } from "./gradients.js";
import { add, div, input, mul, neg, reduceSum, stopGradient, sub } from "./ops.js";
import { type Tensor, topological } from "./tensor.js";

test("a tensor read 40 times gets the sum of 40 gradients: 1 + 2 + ... + 40 = 820", async () => {
  const x = input("x", [2]);
  const terms = Array.from({ length: 40 }, (_, i) => mul(x, i + 1));
  const [gradient] = gradients(reduceSum(terms.reduce((sum, term) => add(sum, term))), [x]);
  expect(await resultOf(gradient!, { x: floats([2], [5, -3]) })).toEqual([820, 820]);
});

test("both operands of one op may be the same tensor: d(x x + x / x - x) = 2 x - 1", async () => {
  const x = input("x", ["B"]);
  const [gradient] = gradients(reduceSum(sub(add(mul(x, x), div(x, x)), x)), [x]);
  expect(await resultOf(gradient!, { x: floats([3], [0.5, 2, -4]) })).toEqual([0, 3, -9]);
});

test("a loss that does not depend on a parameter gives zeros of its shape, letters and scalars included", async () => {
  const [x, table, scalar, beside] = [input("x", [2]), input("table", ["U", 3]), input("s", []), input("beside", [2])];
  const loss = reduceSum(mul(x, stopGradient(beside)));
  const [ofTable, ofScalar, ofBeside] = gradients(loss, [table, scalar, beside]);
  const feeds = { x: floats([2], [1, 2]), table: floats([2, 3], spread(1)), beside: floats([2], [3, 4]) };
  expect(await evaluate({ ofTable: ofTable!, ofScalar: ofScalar!, ofBeside: ofBeside! }, feeds)).toEqual({
    ofTable: [0, 0, 0, 0, 0, 0],
    ofScalar: [0],
    ofBeside: [0, 0],
  });
});

test("a tensor between input and loss has a gradient too, and so has the loss itself: 1", async () => {
  const x = input("x", [2]);
  const middle = mul(x, 3);
  const loss = reduceSum(mul(middle, middle));
  const [ofX, ofMiddle, ofLoss] = gradients(loss, [x, middle, loss]);
  expect(await evaluate({ a: ofX!, b: ofMiddle!, c: ofLoss! }, { x: floats([2], [1, -2]) })).toEqual({
    a: [18, -36],
    b: [6, -12],
    c: [1],
  });
});

test("the gradient of a gradient is a graph as well: the second derivative of sum x^3 is 6 x", async () => {
  const x = input("x", ["B"]);
  const [first] = gradients(reduceSum(mul(x, mul(x, x))), [x]);
  const [second] = gradients(reduceSum(first!), [x]);
  expect(await resultOf(second!, { x: floats([3], [1, -2, 0.5]) })).toEqual([6, -12, 3]);
});

test("10,000 nodes in a row overflow no stack: the gradient of 10,000 negations is 1", async () => {
  const x = input("x", []);
  let turned: Tensor = x;
  for (let i = 0; i < 10_000; i++) turned = neg(turned);
  const [gradient] = gradients(turned, [x]);
  expect(topological([gradient!]).length).toBeGreaterThan(10_000);
  expect(await resultOf(gradient!, { x: floats([], [1]) })).toEqual([1]);
});

test("gradients start from a scalar, and say what came instead", () => {
  const x = input("x", ["B", 2]);
  expect(() => gradients(x, [x])).toThrow("gradients: gradients start from a scalar: expected [], got [B, 2]");
});

import { expect, test } from "vitest";
import { frontier } from "./frontier.js";
import { add, gather, input, matmul, mul, relu } from "./ops.js";

const items = input("items", ["U", 4]);
const weight = input("weight", [4, 4]);
const place = input("place", ["B"], { dtype: "int32" });
const x = input("x", ["B", 4]);
const among =
  (...names: unknown[]) =>
  (tensor: unknown): boolean =>
    names.includes(tensor);

test("is the last tensor of own inputs before the rest reads it", () => {
  const projected = matmul(relu(items), weight);
  const y = mul(gather(projected, place), x);
  expect(frontier([y], among(items, weight))).toEqual([projected]);
});

test("holds an own input that the rest reads as it is, and an output that is own", () => {
  const doubled = add(weight, weight);
  const y = add(matmul(gather(items, place), weight), x);
  expect(new Set(frontier([y, doubled], among(items, weight)))).toEqual(new Set([items, weight, doubled]));
});

test("is empty where nothing is own; constants are nobody's", () => {
  expect(frontier([add(x, mul(2, x))], () => false)).toEqual([]);
  expect(frontier([add(x, 2)], among(items))).toEqual([]);
});

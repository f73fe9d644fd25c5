import { expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import { runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { activationUnit } from "./activation-unit.js";
import { attend } from "./attention.js";
import { PARAMETER } from "./builder.js";

const [B, T, D, W] = [3, 4, 5, 2];
const LENGTHS = [4, 2, 0];
const numbers = (seed: number, count: number): number[] => Array.from({ length: count }, (_, i) => spread(seed)(i));
const OPTIONS = { hidden: [4, 3], activation: "dice", weights: "softmax", pool: "mean", dropout: 0 } as const;

test("keys that belong to items: what `attend` gives with the same weights, to 1e-6; 0 for an empty history", async () => {
  const keys = numbers(2, B * T * D);
  const shared = {
    query: floats([B, D], numbers(1, B * D)),
    mask: floats(
      [B, T],
      LENGTHS.flatMap((length) => Array.from({ length: T }, (_, t) => (t < length ? 1 : 0))),
    ),
    length: floats([B, 1], LENGTHS),
    beside: floats([B, T, W], numbers(3, B * T * W)),
  };
  const common = () => ({
    query: input("query", ["B", D]),
    mask: input("mask", ["B", "T"]),
    length: input("length", ["B", 1]),
  });
  const beside = () => input("beside", ["B", "T", W]);
  const own = await runLayer(
    (builder) => {
      const inputs = { ...common(), keys: input("keys", ["B", "T", D]), beside: beside() };
      return { ...activationUnit(builder, inputs, { ...OPTIONS, name: "unit" }) };
    },
    { feeds: { ...shared, keys: floats([B, T, D], keys) } },
  );
  const renamed = (name: string): string =>
    name.replace(/\.(0|1|out)\.weight$/, (_, at) => (at === "0" ? ".h.0.weight" : `.${at}.h.weight`));
  const weights = Object.fromEntries(
    [...own.builder.parameters.values()].map(({ name, shape }) => [
      PARAMETER + renamed(name),
      floats([...shape], own.weights[name]!),
    ]),
  );
  const places = ints(
    [B, T],
    Array.from({ length: B * T }, (_, i) => i),
  );
  const range = { start: 0, end: D };
  const other = await runLayer(
    (builder) => {
      const history = input("history", ["B", "T"], { dtype: "int32" });
      const inputs = { ...common(), items: input("items", ["U", D]), history, behaviour: beside() };
      const heads = [{ name: "h", query: range, key: range }];
      const { interests, weights } = attend(builder, inputs, { ...OPTIONS, name: "unit", heads });
      return { value: interests[0]!.value, weights };
    },
    { feeds: { ...shared, ...weights, items: floats([B * T, D], keys), history: places } },
  );
  expect(largestGap(own.out.value!, other.out.value!)).toBeLessThan(1e-6);
  expect(largestGap(own.out.weights!, other.out.weights!)).toBeLessThan(1e-6);
  expect(own.out.value!.slice(2 * D)).toEqual(new Array(D).fill(0));
});

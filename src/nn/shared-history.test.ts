import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import { input, type Tensor } from "../graph/index.js";
import { Executor } from "../runtime/executor.js";
import { attend } from "./attention.js";
import type { AttentionHead, AttentionOptions } from "./attention-options.js";
import { Builder, PARAMETER, STATE } from "./builder.js";

const [B, U, Q, W] = [5, 9, 8, 3];
const WHOLE = { start: 0, end: Q };
const HEADS: AttentionHead[] = [
  { name: "id", query: { start: 0, end: 4 }, key: { start: 0, end: 4 } },
  { name: "all1", query: WHOLE, key: WHOLE },
  { name: "all2", query: WHOLE, key: WHOLE },
  { name: "id-text", query: { start: 0, end: 4 }, key: { start: 4, end: 8 } },
  { name: "id-text2", query: { start: 0, end: 4 }, key: { start: 4, end: 8 } },
];
const BASE: AttentionOptions = {
  name: "unit",
  heads: HEADS,
  hidden: [6],
  activation: "prelu",
  weights: "tanh",
  pool: "sqrt",
  behaviourInValue: true,
};
/** Interests and weights of five candidates of one person with `length` of T steps, by the graph for one history or for one in each row. */
async function attention(
  options: AttentionOptions,
  { T, length, history, behaviour }: { T: number; length: number; history: "own" | "one"; behaviour: boolean },
): Promise<number[][]> {
  const builder = new Builder({ training: false, history, inParts: { longest: 8, units: 12 } });
  const rows = history === "one" ? 1 : B;
  const of = (...rest: (number | string)[]) => [history === "one" ? 1 : "B", ...rest];
  const { interests, weights } = attend(
    builder,
    {
      query: input("query", ["B", Q]),
      items: input("items", ["U", Q]),
      history: input("history", of("T"), { dtype: "int32" }),
      mask: input("mask", of("T")),
      length: input("length", of(1)),
      behaviour: behaviour ? input("behaviour", of("T", W)) : null,
    },
    options,
  );
  const outputs: Record<string, Tensor> = { weights };
  for (const { head, value } of interests) outputs[head.name] = value;
  const repeated = (values: readonly number[]): number[] => Array.from({ length: rows }, () => values).flat();
  const steps = Array.from({ length: T }, (_, t) => t);
  const feeds = {
    query: floats([B, Q], spread(1)),
    items: floats([U, Q], spread(2)),
    history: ints([rows, T], repeated(steps.map((t) => (5 * t) % U))),
    mask: floats([rows, T], repeated(steps.map((t) => (t < length ? 1 : 0)))),
    length: floats([rows, 1], repeated([length])),
    behaviour: floats([rows, T, W], repeated(Array.from({ length: T * W }, (_, i) => spread(3)(i)))),
  };
  const made = Object.fromEntries(
    [
      ...[...builder.parameters.values()].map(({ name, shape }) => ({ name: PARAMETER + name, shape })),
      ...[...builder.states.values()].map(({ name, shape }) => ({ name: STATE + name, shape })),
    ].map(({ name, shape }, seed) => {
      const draw = spread(seed + 10);
      return [name, floats([...shape], (i) => (name.endsWith(".variance") ? 1.1 + draw(i) : draw(i)))];
    }),
  );
  const executor = await Executor.create(outputs);
  try {
    const out = await executor.run({ ...feeds, ...made });
    return Object.keys(outputs).map((name) => Array.from(out[name]!.data, Number));
  } finally {
    await executor.close();
  }
}

describe("one history for all candidates gives what it gives in each row, to 2e-6", () => {
  test.each<[string, Partial<AttentionOptions>, boolean]>([
    ["heads of all kinds", {}, true],
    ["without behaviour", {}, false],
    ["one head over everything", { heads: [HEADS[1]!] }, true],
    ["cross-modal heads alone", { heads: HEADS.slice(3) }, false],
    ["two hidden layers of PReLU", { hidden: [6, 3] }, true],
    ["a last hidden layer of one unit", { hidden: [4, 1] }, true],
    ["Dice", { activation: "dice" }, true],
    ["two hidden layers of Dice", { activation: "dice", hidden: [4, 3] }, false],
    ["ReLU", { activation: "relu" }, true],
    ["two hidden layers of sigmoid", { activation: "sigmoid", hidden: [4, 3] }, true],
    ["tanh", { activation: "tanh" }, true],
    ["linear weights, summed", { weights: "linear", pool: "sum" }, true],
    ["softmax weights, mean", { weights: "softmax", pool: "mean" }, true],
  ])("%s", async (_, changes, behaviour) => {
    const options = { ...BASE, ...changes };
    for (const [T, length] of [
      [1, 0],
      [1, 1],
      [4, 3],
      [12, 9],
    ] as const) {
      const [one, own] = await Promise.all(
        (["one", "own"] as const).map((history) => attention(options, { T, length, history, behaviour })),
      );
      expect(one!.map(({ length }) => length)).toEqual(own!.map(({ length }) => length));
      one!.forEach((values, i) => {
        expect(largestGap(values, own![i]!), `${length} of ${T} steps, output ${i}`).toBeLessThan(2e-6);
      });
    }
  });
});

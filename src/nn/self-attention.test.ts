import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { type LayerRun, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { selfAttention } from "./self-attention.js";

const D = 6;
const HEADS = 2;
const SIZE = D / HEADS;
const LENGTHS = [4, 2, 1, 0];
const B = LENGTHS.length;

const vector = (seed: number, width = D): number[] => Array.from({ length: width }, (_, i) => 2 * spread(seed)(i));
const step = (b: number, t: number): number[] => vector(100 * b + t + 1);
const lastOf = (b: number): number[] => vector(1000 + b);

/** Steps beyond a row's length are `rubbish`. */
function run(T: number, { last, rubbish = 5 }: { last: boolean; rubbish?: number }): Promise<LayerRun> {
  const places = LENGTHS.flatMap((length, b) => Array.from({ length: T }, (_, t) => ({ b, t, real: t < length })));
  const steps = places.flatMap(({ b, t, real }) => (real ? step(b, t) : new Array<number>(D).fill(rubbish)));
  const feeds = {
    x: floats([B, T, D], steps),
    mask: floats(
      [B, T],
      places.map(({ real }) => (real ? 1 : 0)),
    ),
    ...(last && {
      behind: floats(
        [B, 1, D],
        LENGTHS.flatMap((_, b) => lastOf(b)),
      ),
    }),
  };
  return runLayer(
    (builder) => {
      const sequence = {
        steps: input("x", ["B", "T", D]),
        mask: input("mask", ["B", "T"]),
        last: last ? input("behind", ["B", 1, D]) : null,
      };
      const found = selfAttention(builder, sequence, { name: "self", heads: HEADS });
      return { steps: found.steps, ...(found.last && found.weights && { last: found.last, weights: found.weights }) };
    },
    { feeds },
  );
}

/** softmax(q k^T / sqrt(size)) v of one row and head in double precision, over its real elements alone. */
function plain(
  { weights }: LayerRun,
  elements: readonly number[][],
  head: number,
): { found: number[][]; looks: number[][] } {
  const through = (part: string) =>
    elements.map((x) =>
      Array.from({ length: SIZE }, (_, j) =>
        x.reduce((sum, value, i) => sum + value * weights[`self.${part}.weight`]![i * D + head * SIZE + j]!, 0),
      ),
    );
  const [q, k, v] = [through("query"), through("key"), through("value")];
  const looks = q.map((query) => {
    const e = k.map((key) => Math.exp(query.reduce((sum, x, i) => sum + x * key[i]!, 0) / Math.sqrt(SIZE)));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map((value) => value / sum);
  });
  const found = looks.map((look) => v[0]!.map((_, j) => look.reduce((sum, weight, i) => sum + weight * v[i]![j]!, 0)));
  return { found, looks };
}

for (const last of [false, true]) {
  test(`${last ? "steps and one element behind them" : "steps alone"}: every head as a plain loop, to 1e-5`, async () => {
    const T = 5;
    const ran = await run(T, { last });
    LENGTHS.forEach((length, b) => {
      const elements = [...Array.from({ length }, (_, t) => step(b, t)), ...(last ? [lastOf(b)] : [])];
      for (let head = 0; head < HEADS; head++) {
        const { found, looks } = plain(ran, elements, head);
        const at = (b * HEADS + head) * T * SIZE;
        const steps = ran.out.steps!.slice(at, at + length * SIZE);
        expect(largestGap(steps, found.slice(0, length).flat())).toBeLessThan(1e-5);
        if (!last) continue;
        const own = (b * HEADS + head) * SIZE;
        expect(largestGap(ran.out.last!.slice(own, own + SIZE), found.at(-1)!)).toBeLessThan(1e-5);
        const weights = Array.from({ length: T }, (_, t) => ran.out.weights![(b * T + t) * HEADS + head]!);
        expect(largestGap(weights.slice(0, length), looks.at(-1)!.slice(0, length))).toBeLessThan(1e-5);
        expect(weights.slice(length).every((weight) => weight === 0)).toBe(true);
      }
    });
  });

  test(`${last ? "an element behind" : "steps alone"}: what stands at padding changes nothing, to the last bit`, async () => {
    const [one, other] = [await run(6, { last, rubbish: 5 }), await run(6, { last, rubbish: -40 })];
    LENGTHS.forEach((length, b) => {
      for (let head = 0; head < HEADS; head++) {
        const at = (b * HEADS + head) * 6 * SIZE;
        const real = ({ out }: LayerRun) => out.steps!.slice(at, at + length * SIZE);
        expect(real(one)).toEqual(real(other));
      }
    });
    expect(one.out.last).toEqual(other.out.last);
  });
}

test("a single step looks at itself alone: it gives its own value; a row without one gives 0 everywhere", async () => {
  const ran = await run(4, { last: false });
  const { found } = plain(ran, [step(2, 0)], 1);
  const at = (2 * HEADS + 1) * 4 * SIZE;
  expect(largestGap(ran.out.steps!.slice(at, at + SIZE), found[0]!)).toBeLessThan(1e-6);
  expect(ran.out.steps!.slice(3 * HEADS * 4 * SIZE).every((value) => value === 0)).toBe(true);
});

test("heads that do not divide the width are refused by both numbers", async () => {
  const build = runLayer((builder) => {
    const sequence = { steps: input("x", ["B", "T", 6]), mask: input("mask", ["B", "T"]), last: null };
    return { steps: selfAttention(builder, sequence, { name: "self", heads: 4 }).steps };
  });
  await expect(build).rejects.toThrow("attention heads do not divide the width");
});

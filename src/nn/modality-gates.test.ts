import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { affine, rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { gated, modalityGates } from "./modality-gates.js";

const RANGES = [
  { name: "id", start: 0, end: 2 },
  { name: "plot", start: 2, end: 4 },
  { name: "genres", start: 4, end: 6 },
];
const values = Array.from({ length: 20 }, (_, i) => 3 * spread(1)(i));

test("gates are M softmax(x W + b): 1 on average, each between 0 and M", async () => {
  const { out, weights } = await runLayer(
    (builder) => ({ g: modalityGates(builder, input("x", ["B", 4]), { modalities: 3 }) }),
    {
      feeds: { x: floats([5, 4], values) },
    },
  );
  const expected = affine(rowsOf(values, 4), weights["gates.weight"]!, weights["gates.bias"]!).flatMap((logits) => {
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return logits.map((logit) => (3 * Math.exp(logit)) / total);
  });
  expect(largestGap(out.g!, expected)).toBeLessThan(1e-5);
  for (const row of rowsOf(out.g!, 3)) expect(row.reduce((sum, gate) => sum + gate, 0)).toBeCloseTo(3, 5);
});

test("weights of 0 leave every gate at exactly 1", async () => {
  const { out } = await runLayer(
    (builder) => ({ g: modalityGates(builder, input("x", ["B", 4]), { modalities: 4 }) }),
    {
      feeds: {
        x: floats([5, 4], values),
        "parameter:gates.weight": floats([4, 4], () => 0),
        "parameter:gates.bias": floats([4], () => 0),
      },
    },
  );
  expect(out.g).toEqual(Array(20).fill(1));
});

test("each part of a joined vector is scaled by the gate of its own modality, also where a head covers a part only", async () => {
  const { out } = await runLayer(
    () => {
      const gates = input("gates", ["B", 3]);
      const scale = (name: string, covers: { start: number; end: number }) =>
        gated(input(name, ["B", covers.end - covers.start]), { gates, ranges: RANGES, covers });
      return { whole: scale("x", { start: 0, end: 6 }), plot: scale("p", { start: 2, end: 4 }) };
    },
    {
      feeds: {
        gates: floats([1, 3], [10, 100, 1000]),
        x: floats([1, 6], [1, 2, 3, 4, 5, 6]),
        p: floats([1, 2], [7, 8]),
      },
    },
  );
  expect(out.whole).toEqual([10, 20, 300, 400, 5000, 6000]);
  expect(out.plot).toEqual([700, 800]);
});

import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import { affine, type LayerRun, rowsOf, runLayer } from "../../test/nn/run-layer.js";
import type { ModalityColumn } from "../data/columns.js";
import { input } from "../graph/index.js";
import { PARAMETER } from "./builder.js";
import { similarityTiers } from "./similarity-tiers.js";

interface Sample {
  /** [U][D], and whether each item has it. */
  vectors: number[][];
  present: number[];
  candidate: number[];
  history: number[][];
  mask: number[][];
}

function run(
  { vectors, present, candidate, history, mask }: Sample,
  { bins, units = bins }: { bins: number; units?: number },
): Promise<LayerRun> {
  const [B, T, U, D] = [candidate.length, history[0]!.length, vectors.length, vectors[0]!.length];
  const modality: ModalityColumn & { kind: "vector" } = {
    name: "plot",
    kind: "vector",
    dimension: D,
    row: new Int32Array(U),
    values: new Float32Array(U * D),
  };
  const identity = floats([bins, units], (i) => (Math.floor(i / units) === i % units ? 1 : 0));
  return runLayer(
    (builder) => {
      const places = {
        candidate: input("c", ["B"], { dtype: "int32" }),
        history: input("h", ["B", "T"], { dtype: "int32" }),
      };
      const y = similarityTiers(
        builder,
        { ...places, mask: input("mask", ["B", "T"]) },
        { modalities: [modality], bins, dimension: units },
      );
      return { y };
    },
    {
      feeds: {
        c: ints([B], candidate),
        h: ints([B, T], history.flat()),
        mask: floats([B, T], mask.flat()),
        "itemVector:plot": floats([U, D], vectors.flat()),
        "present:plot": floats([U, 1], present),
        ...(units === bins && { [`${PARAMETER}tiers.plot.weight`]: identity }),
        ...(units === bins && { [`${PARAMETER}tiers.plot.bias`]: floats([units], () => 0) }),
      },
    },
  );
}

/** How many history items lie in each bin, counted one by one; back from log(1 + count). */
async function countsOf(sample: Sample, bins: number): Promise<number[][]> {
  const { out } = await run(sample, { bins });
  return rowsOf(out.y!, bins).map((row) => row.map((value) => Math.round((Math.exp(value) - 1) * 1e4) / 1e4));
}

const axis = (...vector: number[]): number[] => vector;

describe("bins", () => {
  const single = (candidate: number[], item: number[]): Sample => ({
    vectors: [candidate, item],
    present: [1, 1],
    candidate: [0],
    history: [[1]],
    mask: [[1]],
  });

  test.each([2, 3, 4, 10])(
    "a cosine of exactly 1 is in the last of %i bins, one of -1 in the first, whatever rounding does",
    async (bins) => {
      for (let seed = 0; seed < 12; seed++) {
        const vector = [0, 1, 2, 3, 4, 5, 6].map((i) => spread(seed)(i) + 0.01 * seed);
        const opposite = vector.map((value) => -3.7 * value);
        const marks = (at: number): number[] => Array.from({ length: bins }, (_, i) => (i === at ? 1 : 0));
        expect(
          await countsOf(
            single(
              vector,
              vector.map((value) => 0.3 * value),
            ),
            bins,
          ),
        ).toEqual([marks(bins - 1)]);
        expect(await countsOf(single(vector, opposite), bins)).toEqual([marks(0)]);
      }
    },
  );

  test("a cosine of 0 opens the upper half, and one of .6 and -.6 fall where they belong", async () => {
    expect(await countsOf(single(axis(1, 0), axis(0, 5)), 4)).toEqual([[0, 0, 1, 0]]);
    expect(await countsOf(single(axis(1, 0), axis(3, 4)), 4)).toEqual([[0, 0, 0, 1]]);
    expect(await countsOf(single(axis(1, 0), axis(-3, 4)), 4)).toEqual([[1, 0, 0, 0]]);
  });

  test("length plays no part: vectors of 1e-3 and 1e3 are compared by direction", async () => {
    expect(await countsOf(single(axis(1e-3, 0), axis(1e3, 1e3)), 4)).toEqual([[0, 0, 0, 1]]);
  });
});

test("counts equal those of a loop over random vectors; padding and items without the vector are in no bin", async () => {
  const [B, T, U, D, bins] = [5, 9, 8, 4, 5];
  const vectors = Array.from({ length: U }, (_, u) => Array.from({ length: D }, (_, d) => spread(3)(u * D + d)));
  const present = [1, 1, 0, 1, 1, 1, 0, 1];
  const sample: Sample = {
    vectors: vectors.map((vector, u) => (present[u] === 1 ? vector : vector.map(() => 0))),
    present,
    candidate: [0, 1, 2, 3, 4], // item 2 has no vector
    history: Array.from({ length: B }, (_, b) => Array.from({ length: T }, (_, t) => (3 * b + t) % U)),
    mask: Array.from({ length: B }, (_, b) => Array.from({ length: T }, (_, t) => (t < [9, 4, 9, 1, 0][b]! ? 1 : 0))),
  };
  const expected = sample.candidate.map((c, b) => {
    const counts = new Array<number>(bins).fill(0);
    for (let t = 0; t < T; t++) {
      const item = sample.history[b]![t]!;
      if (sample.mask[b]![t] === 0 || present[item] === 0 || present[c] === 0) continue;
      const dot = (x: number[], y: number[]): number => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
      const [v, w] = [vectors[c]!, vectors[item]!];
      const cosine = dot(v, w) / Math.sqrt(dot(v, v) * dot(w, w));
      counts[Math.min(bins - 1, Math.floor(((cosine + 1) / 2) * bins + 1e-6))]!++;
    }
    return counts;
  });
  expect(await countsOf(sample, bins)).toEqual(expected);
  const { out, weights } = await run(sample, { bins, units: 3 });
  const goal = affine(
    expected.map((row) => row.map((n) => Math.log1p(n))),
    weights["tiers.plot.weight"]!,
    weights["tiers.plot.bias"]!,
  );
  expect(largestGap(out.y!, goal.flat())).toBeLessThan(1e-5);
});

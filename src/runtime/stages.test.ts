import { describe, expect, test } from "vitest";
import { floats, ints, largestGap } from "../../test/graph/evaluate.js";
import {
  add,
  gather,
  gradients,
  input,
  matmul,
  mul,
  reduceSum,
  scatterAdd,
  type Tensor,
  unsqueeze,
} from "../graph/index.js";
import { Executor } from "./executor.js";
import { cutIntoStages } from "./stages.js";

const scatters = ({ graph }: { graph: { bytes: Uint8Array } }): boolean =>
  Buffer.from(graph.bytes).includes("ScatterND");

/** rows [C, D] -> bags [U, L] -> steps [B, T], as a category modality of a history: two gathers, one inside the other. */
function bags(): { outputs: Record<string, Tensor>; rows: Tensor } {
  const rows = input("rows", ["C", 4]);
  const codes = input("codes", ["U", "L"], { dtype: "int32" });
  const steps = input("steps", ["B", "T"], { dtype: "int32" });
  const scale = input("scale", ["B", "T"]);
  const items = reduceSum(gather(rows, codes), { axes: [1] });
  const loss = reduceSum(mul(gather(items, steps), unsqueeze(scale, 2)));
  const [gradient] = gradients(loss, [rows]);
  return { outputs: { loss, gradient: gradient! }, rows };
}

describe("where a graph is cut", () => {
  test("a graph without scatter-adds is one stage of all threads", () => {
    const x = input("x", ["B", 2]);
    expect(cutIntoStages({ y: mul(x, x) }).map(({ singleThread }) => singleThread)).toEqual([false]);
  });

  test("the gradient of two nested gathers takes four stages, and its scatter-adds are in those of one thread", () => {
    const stages = cutIntoStages(bags().outputs);
    expect(stages.map(({ singleThread }) => singleThread)).toEqual([false, true, false, true]);
    expect(stages.map(scatters)).toEqual([false, true, false, true]);
  });

  test("every stage needs only what is fed or what an earlier one gave", () => {
    const known = new Set(["rows", "codes", "steps", "scale", "size:U", "size:C"]);
    for (const { graph } of cutIntoStages(bags().outputs)) {
      for (const { name } of graph.inputs) expect(known).toContain(name);
      for (const { name } of graph.outputs) known.add(name);
    }
    expect(known).toContain("loss");
    expect(known).toContain("gradient");
  });

  test("a scatter-add of fed values alone is a stage of one thread alone", () => {
    const y = scatterAdd(input("i", ["B"], { dtype: "int32" }), input("x", ["B"]), [3]);
    expect(cutIntoStages({ y }).map(({ singleThread }) => singleThread)).toEqual([true]);
  });

  test("one name for two inputs of different shapes is refused, also where they are in different stages", () => {
    const i = input("i", ["B"], { dtype: "int32" });
    const y = mul(scatterAdd(i, input("x", ["B"]), [3]), input("x", [3]));
    expect(() => cutIntoStages({ y })).toThrow("input x is declared twice: expected float32 [B], got float32 [3]");
  });
});

describe("50,000 repeated rows", () => {
  const [count, rows, width] = [51_200, 5_000, 64];
  /** Whole numbers, so that sums in any order are the same. */
  const indices = ints([count], (i) => (Math.imul(i, 7919) >>> 3) % rows);
  const upstream = floats([count, width], (i) => ((i * 31) % 17) - 8);
  const expected = new Float32Array(rows * width);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < width; d++)
      expected[(indices.data[i] as number) * width + d]! += upstream.data[i * width + d] as number;

  test.each([1, 2, 4])(
    "the gradient of a gather is bit-equal to a JavaScript sum in 20 of 20 runs on %i threads",
    async (threads) => {
      const table = input("table", ["U", width]);
      const i = input("indices", ["N"], { dtype: "int32" });
      const loss = reduceSum(mul(gather(table, i), input("upstream", ["N", width])));
      const [gradient] = gradients(loss, [table]);
      const executor = await Executor.create({ loss, gradient: gradient! }, { threads });
      const feeds = { table: floats([rows, width], () => 1), indices, upstream };
      let equal = 0;
      for (let run = 0; run < 20; run++) {
        const { gradient: found } = await executor.run(feeds);
        if (
          Buffer.from(found!.data.buffer, found!.data.byteOffset, found!.data.byteLength).equals(
            Buffer.from(expected.buffer),
          )
        )
          equal++;
      }
      await executor.close();
      expect(equal).toBe(20);
    },
  );
});

test.each([1, 2, 4])("nested scatter-adds on %i threads equal a JavaScript sum exactly, 20 times", async (threads) => {
  const [C, U, L, B, T] = [40, 300, 6, 64, 50];
  const codes = ints([U, L], (i) => (Math.imul(i + 1, 40503) >>> 4) % C);
  const steps = ints([B, T], (i) => (Math.imul(i + 1, 9973) >>> 3) % U);
  const scale = floats([B, T], (i) => (i % 7) - 3);
  const expected = new Array<number>(C * 4).fill(0);
  for (let at = 0; at < B * T; at++)
    for (let l = 0; l < L; l++) {
      const row = codes.data[(steps.data[at] as number) * L + l] as number;
      for (let d = 0; d < 4; d++) expected[row * 4 + d]! += scale.data[at] as number;
    }
  const executor = await Executor.create(bags().outputs, { threads });
  const feeds = { rows: floats([C, 4], () => 1), codes, steps, scale };
  for (let run = 0; run < 20; run++) {
    const { gradient } = await executor.run(feeds);
    expect(largestGap(gradient!.data as Float32Array, expected)).toBe(0);
  }
  await executor.close();
});

test("a value needed by three later stages is computed once and fed to each", async () => {
  const [i, x] = [input("i", [3], { dtype: "int32" }), input("x", [3, 2])];
  const shared = mul(x, 2);
  const first = scatterAdd(i, shared, [3, 2]);
  const second = scatterAdd(i, mul(first, shared), [3, 2]);
  const y = add(mul(second, shared), matmul(first, input("w", [2, 2])));
  const executor = await Executor.create({ y, shared, first }, { threads: 2 });
  const out = await executor.run({
    i: ints([3], [0, 0, 2]),
    x: floats([3, 2], [1, 2, 3, 4, 5, 6]),
    w: floats([2, 2], [1, 0, 0, 1]),
  });
  // first = [[8, 12], [0, 0], [10, 12]]; second row 0 = 8 * 2 + 0, 12 * 4 + 0; row 2 = 10 * 10, 12 * 12
  expect([...out.first!.data]).toEqual([8, 12, 0, 0, 10, 12]);
  expect([...out.y!.data]).toEqual([16 * 2 + 8, 48 * 4 + 12, 0, 0, 1000 + 10, 1728 + 12]);
  expect([...out.shared!.data]).toEqual([2, 4, 6, 8, 10, 12]);
  await executor.close();
});

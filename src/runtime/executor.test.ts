import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import {
  add,
  cast,
  floor,
  gather,
  gradients,
  input,
  matmul,
  mul,
  reduceSum,
  relu,
  scatterAdd,
  softmax,
  type Tensor,
  tanh,
  unsqueeze,
} from "../graph/index.js";
import { type Device, Executor, type Value } from "./executor.js";
import { onnxRuntime } from "./onnxruntime.js";

/** Runs `use` with an executor and closes it. */
async function withExecutor(
  outputs: Record<string, Tensor>,
  use: (executor: Executor) => Promise<void>,
  { threads = 1 }: { threads?: number } = {},
): Promise<void> {
  const executor = await Executor.create(outputs, { threads });
  try {
    await use(executor);
  } finally {
    await executor.close();
  }
}

const x = input("x", ["B", 2]);
const bias = input("bias", [2]);
const ids = input("ids", ["B"], { dtype: "int32" });
const doubled = { y: mul(add(x, bias), 2) };
const feeds = (rows: number): Record<string, Value> => ({ x: floats([rows, 2], (i) => i), bias: floats([2], [1, 2]) });

describe("outputs", () => {
  test("are arrays of their own, which the next run leaves alone", () =>
    withExecutor(doubled, async (executor) => {
      const first = (await executor.run(feeds(2))).y!;
      const second = (await executor.run({ ...feeds(1), bias: floats([2], [0, 0]) })).y!;
      expect([...first.data]).toEqual([2, 6, 6, 10]);
      expect(second).toMatchObject({ dims: [1, 2] });
      expect([...second.data]).toEqual([0, 2]);
    }));

  test("of no rows are empty", () =>
    withExecutor(doubled, async (executor) => {
      expect((await executor.run(feeds(0))).y).toEqual({ data: new Float32Array(0), dims: [0, 2] });
    }));

  test("are written whole where the sum has no terms: zeros, not what the last run left", () =>
    withExecutor(
      {
        product: matmul(input("a", [2, "K"]), input("b", ["K", 2])),
        sum: reduceSum(input("a", [2, "K"]), { axes: [1] }),
        rows: scatterAdd(input("i", ["K"], { dtype: "int32" }), input("g", ["K", 2]), [2, 2]),
      },
      async (executor) => {
        const run = (K: number): Promise<Record<string, Value>> =>
          executor.run({
            a: floats([2, K], () => 1),
            b: floats([K, 2], () => 1),
            i: ints([K], () => 1),
            g: floats([K, 2], () => 1),
          });
        const full = await run(3);
        expect([full.product, full.sum, full.rows].map((value) => [...value!.data])).toEqual([
          [3, 3, 3, 3],
          [3, 3],
          [0, 0, 3, 3],
        ]);
        const empty = await run(0);
        expect([empty.product, empty.sum, empty.rows].map((value) => [...value!.data])).toEqual([
          [0, 0, 0, 0],
          [0, 0],
          [0, 0, 0, 0],
        ]);
      },
    ));

  test("can be integers, also between stages", async () => {
    const bins = cast(floor(mul(input("v", ["B"]), 4)), "int32");
    const counts = scatterAdd(bins, input("one", ["B"]), [4]);
    await withExecutor({ bins, counts }, async (executor) => {
      const out = await executor.run({ v: floats([4], [0, 0.3, 0.99, 0.26]), one: floats([4], () => 1) });
      expect(out.bins!.data).toEqual(Int32Array.of(0, 1, 3, 1));
      expect([...out.counts!.data]).toEqual([1, 2, 0, 1]);
    });
  });
});

describe("feeds", () => {
  test("are listed once, whatever number of stages reads them", () =>
    withExecutor(
      { y: mul(scatterAdd(ids, x, [3, 2]), bias), z: gather(bias, ids) },
      async (executor) => {
        expect(executor.inputs).toEqual([
          { name: "bias", shape: [2], dtype: "float32" },
          { name: "ids", shape: ["B"], dtype: "int32" },
          { name: "x", shape: ["B", 2], dtype: "float32" },
        ]);
      },
      { threads: 2 },
    ));

  test.each<[string, Record<string, Value>, string]>([
    ["one is missing", { x: floats([1, 2], [1, 2]) }, "input bias is not fed: expected float32 [2]"],
    [
      "one has another width",
      { ...feeds(2), x: floats([2, 3], () => 0) },
      "input x does not fit: expected float32 [B, 2] with B = 2, got float32 [2, 3] (6 values)",
    ],
    [
      "one has another rank",
      { ...feeds(2), bias: floats([2, 1], [1, 2]) },
      "input bias does not fit: expected float32 [2] with B = 2, got float32 [2, 1] (2 values)",
    ],
    [
      "one has fewer values than its dimensions say",
      { ...feeds(2), x: { data: new Float32Array(3), dims: [2, 2] } },
      "input x does not fit: expected float32 [B, 2], got float32 [2, 2] (3 values)",
    ],
    [
      "one has another type",
      { ...feeds(1), x: ints([1, 2], [1, 2]) },
      "input x does not fit: expected float32 [B, 2], got int32 [1, 2] (2 values)",
    ],
  ])("are refused where %s", (_, given, message) =>
    withExecutor(doubled, async (executor) => {
      await expect(executor.run(given)).rejects.toThrow(message);
      expect([...(await executor.run(feeds(1))).y!.data]).toEqual([2, 6]);
    }),
  );

  test("are refused where they contradict each other about a letter", () =>
    withExecutor({ y: add(x, unsqueeze(cast(ids, "float32"), 1)) }, async (executor) => {
      const given = { x: floats([3, 2], () => 0), ids: ints([4], () => 0) };
      await expect(executor.run(given)).rejects.toThrow(
        "input ids does not fit: expected int32 [B] with B = 3, got int32 [4] (4 values)",
      );
    }));

  test("that leave a letter open are refused by its name", () =>
    withExecutor({ y: scatterAdd(ids, x, ["U", 2]) }, async (executor) => {
      const given = { ids: ints([1], [0]), x: floats([1, 2], [1, 2]) };
      await expect(executor.run(given)).rejects.toThrow("dimension U has no value: expected one of B");
    }));

  test("that ONNX Runtime refuses end in its own words: an index out of range", () =>
    withExecutor({ y: gather(input("table", ["U", 2]), ids) }, async (executor) => {
      const given = { table: floats([2, 2], () => 0), ids: ints([1], [5]) };
      await expect(executor.run(given)).rejects.toMatchObject({
        code: "RUNTIME",
        message: expect.stringMatching(/^ONNX Runtime could not run the graph: got .*idx=5 must be within/s),
      });
    }));
});

describe("devices", () => {
  const offered = onnxRuntime()
    .listSupportedBackends()
    .map(({ name }) => name);

  test("one that this package does not offer is refused with those it does", async () => {
    const device: Device = JSON.parse('"abacus"');
    await expect(Executor.create(doubled, { device })).rejects.toMatchObject({
      code: "DEVICE",
      message: `device abacus is not offered by the onnxruntime-node installed here: expected ${offered.join(", ")}, got abacus. Use --device cpu`,
    });
  });

  test("one that is offered and not there says what ONNX Runtime said, and the CPU still works", async () => {
    for (const device of ["cuda", "webgpu"] as const) {
      if (!offered.includes(device)) continue;
      let opened: Executor;
      try {
        opened = await Executor.create(doubled, { device });
      } catch (error) {
        expect(error).toMatchObject({
          code: "DEVICE",
          message: expect.stringMatching(
            new RegExp(`^device ${device} does not open here: got .+\\. Use --device cpu$`, "s"),
          ),
        });
        continue;
      }
      expect([...(await opened.run(feeds(1))).y!.data]).toEqual([2, 6]);
      await opened.close();
    }
    await withExecutor(doubled, async (executor) => {
      expect([...(await executor.run(feeds(1))).y!.data]).toEqual([2, 6]);
    });
  });
});

test("a bool does not leave a graph, and the message says so", async () => {
  await expect(Executor.create({ y: cast(x, "bool") })).rejects.toThrow(
    "a bool does not leave a graph. Cast it to float32",
  );
});

test("threads change no result beyond rounding: 1, 2 and 4 agree to 1e-5", async () => {
  const y = softmax(matmul(input("a", [300, 200]), input("b", [200, 100])));
  const given = { a: floats([300, 200], spread(1)), b: floats([200, 100], spread(2)) };
  const results: number[][] = [];
  for (const threads of [1, 2, 4]) {
    const executor = await Executor.create({ y }, { threads });
    results.push([...((await executor.run(given)).y!.data as Float32Array)]);
    await executor.close();
  }
  for (const result of results) expect(largestGap(result, results[0]!)).toBeLessThan(1e-5);
});

/** JavaScript's own garbage is no growth: it is collected before resident memory is read. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** One head of attention over B x T steps of U items, forward and backward: every letter and every stage is in it. */
function attentionGraph(): Record<string, Tensor> {
  const table = input("table", ["U", 16]);
  const [w, v] = [input("w", [16, 32]), input("v", [32, 1])];
  const query = input("query", ["B", 16]);
  const keys = gather(table, input("history", ["B", "T"], { dtype: "int32" }));
  const hidden = relu(matmul(mul(keys, unsqueeze(query, 1)), w));
  const loss = reduceSum(tanh(matmul(hidden, v)));
  const [ofTable, ofW, ofV, ofQuery] = gradients(loss, [table, w, v, query]);
  return { loss, ofTable: ofTable!, ofW: ofW!, ofV: ofV!, ofQuery: ofQuery! };
}

test("2,000 runs of 30 mixed shapes leave resident memory flat: less than 32 MB after 500 to warm up", async () => {
  const executor = await Executor.create(attentionGraph(), { threads: 2 });
  const shapes = [64, 128].flatMap((B) => [1, 4, 8, 16, 32].flatMap((T) => [250, 500, 1000].map((U) => ({ B, T, U }))));
  const made = shapes.map(({ B, T, U }) => ({
    table: floats([U, 16], spread(U)),
    history: ints([B, T], (i) => (i * 37) % U),
    query: floats([B, 16], spread(B)),
    w: floats([16, 32], spread(3)),
    v: floats([32, 1], spread(4)),
  }));
  const resident = (): number => {
    collect();
    return process.memoryUsage.rss() / 2 ** 20;
  };
  let warm = 0;
  for (let run = 0; run < 2500; run++) {
    if (run === 500) warm = resident();
    await executor.run(made[(run * 17 + (run >> 5)) % made.length]!);
  }
  const grown = resident() - warm;
  await executor.close();
  expect(shapes).toHaveLength(30);
  expect(grown).toBeLessThan(32);
});

/**
 * How near a step is to what the machine can do: the arithmetic of its limit. Every product of the training graph alone, at its shape, in a
 * session of its own with nothing else to do: operations / rate. Everything else: the bytes that it reads and writes / bandwidth of a pass
 * over an array of this size. Their sum over the run of the same graph is the share of the limit that is reached.
 *
 *   npm run bench -- limit [--shape full] [--rows 512] [--rounds 15] [--profile PREFIX] [--json FILE]
 *
 * With --profile, ONNX Runtime writes what each node took (a trace for chrome://tracing). One thread, one shard: threads do not share
 * sessions (src/training/shard-pool.ts).
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  type Dim,
  input,
  matmul,
  reduceSum,
  relu,
  resolveShape,
  sizeOf,
  type Tensor,
  topological,
} from "../src/graph/index.js";
import { RandomStream } from "../src/random.js";
import { Executor, type Value } from "../src/runtime/executor.js";
import { gradientGraph } from "../src/training/gradient-graph.js";
import { Shard } from "../src/training/shard.js";
import { Weights } from "../src/training/weights.js";
import { configure, SHAPES } from "./speed/shapes.js";
import { simulateLog } from "./speed/simulated-log.js";
import { median } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    shape: { type: "string", default: "full" },
    rows: { type: "string", default: "512" },
    rounds: { type: "string", default: "15" },
    profile: { type: "string" },
    json: { type: "string" },
  },
});
const [B, rounds] = [Number(args.rows), Number(args.rounds)];
const { log, network } = SHAPES.find(({ name }) => name === args.shape)!;
const columns = simulateLog({ ...log, rows: B * 4 });
const model = configure(network);

const shard = await Shard.create(model, (builder) => Weights.initial(builder, { seed: 1 }), {
  columns,
  threads: 1,
  device: "cpu",
  ...(args.profile !== undefined && { profile: args.profile }),
});
const runs: number[] = [];
const letters: Record<string, number> = {};
for (let round = 0; round < rounds; round++) {
  const rows = Int32Array.from({ length: B }, (_, i) => (round % 4) * B + i);
  const batch = shard.assemble(rows, { seed: 1, step: round, hide: { id: 0, statistics: 0, modality: 0, feature: 0 } });
  for (const { name, shape } of shard.builder.plan.inputs) learn(shape, batch.values[name]!.dims);
  for (const { name, letter } of shard.builder.plan.tables) letters[letter] = batch.tableRows[name]!.length;
  runs.push((await shard.run(batch)).spent.run);
}
await shard.close();
const step = median(runs);

const { loss: _, logits: __, ...gradients } = gradientGraph(model, columns.catalogue).outputs;
const nodes = topological(Object.values(gradients));
const products = new Map<string, { tensor: Tensor<"matmul">; count: number }>();
let bytes = 0;
/** Reads nothing and writes nothing: another view of the same numbers. */
const VIEWS = new Set(["input", "constant", "reshape", "reshapeLike", "unsqueeze", "stopGradient", "axisSize"]);
for (const tensor of nodes) {
  if (VIEWS.has(tensor.op)) continue;
  if (tensor.op === "matmul") {
    const product = tensor as Tensor<"matmul">;
    const { transposeA, transposeB } = product.attributes;
    const key = JSON.stringify([product.inputs.map(dimsOf), transposeA, transposeB]);
    const known = products.get(key);
    if (known) known.count++;
    else products.set(key, { tensor: product, count: 1 });
    continue;
  }
  bytes += 4 * [tensor, ...tensor.inputs].reduce((sum, { shape }) => sum + sizeOf(resolveShape(shape, letters)), 0);
}

let operations = 0;
let productTime = 0;
const shown: { shape: string; count: number; ms: number; rate: number }[] = [];
for (const { tensor, count } of products.values()) {
  const [a, b] = tensor.inputs.map(dimsOf) as [number[], number[]];
  const out = dimsOf(tensor);
  const inner = tensor.attributes.transposeA ? a.at(-2)! : a.at(-1)!;
  const work = 2 * sizeOf(out) * inner;
  const ms = await timeOf(
    { y: matmul(input("a", a), input("b", b), tensor.attributes) },
    { a: random(a), b: random(b) },
    sizeOf(out),
  );
  operations += count * work;
  productTime += count * ms;
  shown.push({ shape: `[${a}] x [${b}]`, count, ms, rate: work / ms / 1e6 });
}
const N = B * log.length * network.heads * network.hidden;
const passTime = await timeOf({ y: relu(input("a", ["N"])) }, { a: random([N]) }, N);
const bandwidth = (8 * N) / passTime / 1e6; // GB/s
const bytesTime = bytes / bandwidth / 1e6;
const limit = productTime + bytesTime;

console.log(`${args.shape}, ${B} rows, one thread: ${step.toFixed(1)} ms a run\n`);
for (const { shape, count, ms, rate } of shown.sort((x, y) => y.count * y.ms - x.count * x.ms).slice(0, 12)) {
  console.log(`  ${(count * ms).toFixed(2).padStart(7)} ms  ${count} x ${shape}  ${rate.toFixed(0)} GFLOP/s`);
}
console.log(
  `\nproducts ${(operations / 1e9).toFixed(1)} GFLOP: ${productTime.toFixed(1)} ms, ${(operations / productTime / 1e6).toFixed(0)} GFLOP/s\n` +
    `the rest ${(bytes / 1e9).toFixed(2)} GB at ${bandwidth.toFixed(1)} GB/s: ${bytesTime.toFixed(1)} ms\n` +
    `limit    ${limit.toFixed(1)} ms: ${((100 * limit) / step).toFixed(0)} % of it is reached`,
);
if (args.json) {
  const result = { shape: args.shape, B, step, operations, productTime, bytes, bandwidth, limit, share: limit / step };
  writeFileSync(args.json, JSON.stringify({ ...result, products: shown }, null, 1));
}

function learn(shape: readonly Dim[], dims: readonly number[]): void {
  shape.forEach((dim, axis) => {
    if (typeof dim === "string") letters[dim] = dims[axis]!;
  });
}

function dimsOf({ shape }: Tensor): number[] {
  return [...resolveShape(shape, letters)];
}

function random(dims: readonly number[]): Value {
  const stream = new RandomStream(1, "limit");
  return { data: Float32Array.from({ length: sizeOf(dims) }, () => stream.uniform() - 0.5), dims };
}

/** Milliseconds of one op, less what it costs to take a result of this size out of a session. */
async function timeOf(outputs: Record<string, Tensor>, feeds: Record<string, Value>, size: number): Promise<number> {
  // A product is timed without its result leaving: the sum of it does, whose own time is taken off.
  const whole = await timed({ y: reduceSum(outputs.y!) }, feeds);
  const sum = await timed({ y: reduceSum(input("s", ["N"])) }, { s: random([size]) });
  return Math.max(whole - sum, 1e-3);
}

async function timed(outputs: Record<string, Tensor>, feeds: Record<string, Value>): Promise<number> {
  const executor = await Executor.create(outputs);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await executor.run(feeds);
    times.push(performance.now() - start);
  }
  await executor.close();
  return median(times);
}

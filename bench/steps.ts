/**
 * One training step, beside the same step in PyTorch (bench/peers): the same weights, rows and optimizer, the same number of threads, by
 * turns. Logits are compared first. Ours is the whole loop of `train`, batches included; the peer's clock stops while it makes its
 * batches.
 *
 *   npm run bench -- steps [--shapes full,ragged] [--rounds 5] [--steps 8] [--threads 2] [--peers a,b,b-compiled] [--json FILE]
 *
 * Needs python3 with torch 2.13 for the peers; `--peers none` times ours alone. docs/performance.md says what came of it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BatchAssembler, type BatchSourceColumns } from "../src/data/batch.js";
import type { ConfiguredModel } from "../src/models/registry.js";
import { epochBatches, rowBuckets } from "../src/training/epoch-batches.js";
import { gradientGraph } from "../src/training/gradient-graph.js";
import { Scorer } from "../src/training/scorer.js";
import { Weights } from "../src/training/weights.js";
import { OurSteps } from "./speed/our-steps.js";
import { checkLogits, Peer } from "./speed/peer.js";
import { writePeerFolder } from "./speed/peer-folder.js";
import { configure, OPTIMIZER, peerModel, SHAPES, type StepShape } from "./speed/shapes.js";
import { simulateLog } from "./speed/simulated-log.js";
import { median, spreadOf } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    shapes: { type: "string", default: SHAPES.map(({ name }) => name).join(",") },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "8" },
    rows: { type: "string", default: "1024" },
    threads: { type: "string" },
    peers: { type: "string", default: "a,b,b-compiled" },
    json: { type: "string" },
  },
});
const threads = Number(args.threads ?? availableParallelism());
const [rounds, steps, batchSize] = [Number(args.rounds), Number(args.steps), Number(args.rows)];
const peers = args.peers === "none" ? [] : args.peers.split(",");
const SEED = 1;

/** Milliseconds of every step of one contestant. */
interface Times {
  name: string;
  rows: number;
  milliseconds: number[];
}

const results: Record<string, object> = {};
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const peer = peers.length > 0 ? new Peer({ threads }) : null;
try {
  console.log(
    `${threads} threads, batches of ${batchSize} rows; median of ${rounds} rounds of ${steps} steps (least to most)\n`,
  );
  for (const name of args.shapes.split(",")) {
    const shape = SHAPES.find((known) => known.name === name);
    if (shape === undefined)
      throw new Error(`there is no shape ${name}: ${SHAPES.map((known) => known.name).join(", ")}`);
    const times = await compareSteps(shape);
    results[name] = Object.fromEntries(times.map((time) => [time.name, time]));
    print(shape, times);
  }
  if (args.json) writeFileSync(args.json, JSON.stringify({ threads, batchSize, rounds, steps, results }, null, 1));
} finally {
  await peer?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function compareSteps({
  name,
  log,
  network,
}: StepShape): Promise<(Times & { phases?: Record<string, number> })[]> {
  const columns = simulateLog({ ...log, rows: batchSize * steps });
  const model = configure(network);
  const weights = Weights.initial(gradientGraph(model, columns.catalogue).builder, { seed: SEED });
  const buckets = rowBuckets(columns, { length: columns.catalogue.history.length });
  const batches = epochBatches(buckets, { batchSize, shuffle: { seed: SEED, epoch: 0 } });
  const indices = batches.map((_, i) => i);
  const opened: { name: string; id: number }[] = [];
  if (peer !== null) {
    const at = join(folder, name);
    writePeerFolder(at, { columns, weights, model: peerModel(network), optimizer: OPTIMIZER, batches });
    const expected = await ourLogits(model, weights, { columns, rows: batches[0]! });
    for (const variant of peers) {
      const [kind, compile] = variant.split("-");
      const id = await peer.open(at, { variant: kind as "a" | "b", compile: compile === "compiled" });
      checkLogits(variant, expected, await peer.logits(id, 0));
      opened.push({ name: variant, id });
    }
  }
  const own = await OurSteps.open(model, weights, { columns, batches, threads, optimizer: OPTIMIZER, seed: SEED });
  const times: Times[] = [
    { name: "ours", rows: batchSize, milliseconds: [] },
    ...opened.map(({ name }) => ({ name, rows: batchSize, milliseconds: [] })),
  ];
  try {
    await own.run();
    for (const { id } of opened) await peer!.train(id, indices);
    own.forget();
    for (let round = 0; round < rounds; round++) {
      times[0]!.milliseconds.push(...(await own.run()));
      for (const [i, { id }] of opened.entries()) {
        times[i + 1]!.milliseconds.push(...(await peer!.train(id, indices)));
        // Threads of the peer spin for a moment after their work.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    return [{ ...times[0]!, phases: own.phases() }, ...times.slice(1)];
  } finally {
    await own.close();
    for (const { id } of opened) await peer!.ask({ do: "close", id });
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function ourLogits(
  model: ConfiguredModel,
  weights: Weights,
  { columns, rows }: { columns: BatchSourceColumns; rows: Int32Array },
): Promise<number[]> {
  const scorer = await Scorer.create(model, weights, { catalogue: columns.catalogue, threads: 1, device: "cpu" });
  try {
    const { logits } = await scorer.run(new BatchAssembler(columns, scorer.plan).assemble(rows));
    return Array.from(logits!.data, Number);
  } finally {
    await scorer.close();
  }
}

function print({ name, says }: StepShape, times: readonly (Times & { phases?: Record<string, number> })[]): void {
  console.log(`${name}: ${says}`);
  const [own] = times;
  for (const { name: who, rows, milliseconds, phases } of times) {
    const ms = median(milliseconds);
    const rate = Math.round(rows / (ms / 1000)).toLocaleString("en-US");
    const ratio = who === "ours" ? "" : `  ours is ${(ms / median(own!.milliseconds)).toFixed(2)} times as fast`;
    console.log(`  ${who.padEnd(11)} ${spreadOf(milliseconds).padEnd(28)} ms  ${rate.padStart(8)} rows/s${ratio}`);
    if (phases) {
      const parts = Object.entries(phases).map(([phase, value]) => `${phase} ${value.toFixed(1)}`);
      console.log(`              ms a step: ${parts.join(", ")}`);
    }
  }
  console.log("");
}

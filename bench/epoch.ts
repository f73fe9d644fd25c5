/**
 * One real epoch, ours and PyTorch's: the same rows in the same batches, the network of `full` over ids, categories and frozen vectors of a
 * prepared dataset; rows/s, and the AUC of validation after it.
 *
 *   npm run bench -- epoch --data data/movielens [--threads 2] [--rows 1024] [--peers a,b] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BatchSourceColumns } from "../src/data/batch.js";
import { openDataset } from "../src/data/index.js";
import { auc } from "../src/metrics/index.js";
import { BatchThread } from "../src/training/batch-stream.js";
import { epochBatches, rowBuckets } from "../src/training/epoch-batches.js";
import { gradientGraph } from "../src/training/gradient-graph.js";
import { scoreSplit } from "../src/training/score-split.js";
import { Scorer } from "../src/training/scorer.js";
import { Weights } from "../src/training/weights.js";
import { OurSteps } from "./speed/our-steps.js";
import { Peer } from "./speed/peer.js";
import { writePeerFolder } from "./speed/peer-folder.js";
import { configure, OPTIMIZER, peerModel, SHAPES } from "./speed/shapes.js";

const { values: args } = parseArgs({
  options: {
    data: { type: "string" },
    threads: { type: "string" },
    rows: { type: "string", default: "1024" },
    peers: { type: "string", default: "a,b" },
    json: { type: "string" },
  },
});
if (args.data === undefined) throw new Error("--data names a folder that `mmdin prepare` wrote");
const threads = Number(args.threads ?? availableParallelism());
const batchSize = Number(args.rows);
const SEED = 1;

const dataset = openDataset(args.data);
const catalogue = {
  ...dataset.catalogue,
  // The peer reads no numbers.
  modalities: dataset.catalogue.modalities.filter(({ kind }) => kind !== "number"),
  eventFeatures: [],
  context: [],
  userFeatures: { schema: [], columns: [] },
};
const { network } = SHAPES.find(({ name }) => name === "full")!;
const model = configure(network);
const columnsOf = (split: "train" | "valid"): BatchSourceColumns => ({
  catalogue,
  events: { ...dataset.events, features: [], context: [] },
  rows: dataset.rows[split],
});
const [columns, valid] = [columnsOf("train"), columnsOf("valid")];
const length = catalogue.history.length;
const batches = epochBatches(rowBuckets(columns, { length }), { batchSize, shuffle: { seed: SEED, epoch: 0 } });
const validBatches = epochBatches(rowBuckets(valid, { length }), { batchSize });
const initial = Weights.initial(gradientGraph(model, catalogue).builder, { seed: SEED });

interface Outcome {
  name: string;
  rowsPerSecond: number;
  auc: number | null;
}
const outcomes: Outcome[] = [await ours()];
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const peer = args.peers === "none" ? null : new Peer({ threads });
try {
  for (const variant of args.peers === "none" ? [] : args.peers.split(",")) outcomes.push(await peers(variant));
} finally {
  await peer?.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `one epoch of ${columns.rows.count.toLocaleString("en-US")} rows in batches of ${batchSize}, ${threads} threads\n`,
);
for (const { name, rowsPerSecond, auc: area } of outcomes) {
  const rate = Math.round(rowsPerSecond).toLocaleString("en-US");
  const ratio =
    name === "ours" ? "" : `  ours is ${(outcomes[0]!.rowsPerSecond / rowsPerSecond).toFixed(2)} times as fast`;
  console.log(`${name.padEnd(6)} ${rate.padStart(8)} rows/s  validation AUC ${area?.toFixed(4)}${ratio}`);
}
if (args.json) writeFileSync(args.json, JSON.stringify({ threads, batchSize, outcomes }, null, 1));

async function ours(): Promise<Outcome> {
  const own = await OurSteps.open(model, initial, { columns, batches, threads, optimizer: OPTIMIZER, seed: SEED });
  const thread = new BatchThread();
  try {
    const start = performance.now();
    await own.run();
    const seconds = (performance.now() - start) / 1000;
    const scorer = await Scorer.create(model, own.weights, { catalogue, threads, device: "cpu" });
    thread.open("valid", { columns: valid, plan: scorer.plan });
    const { logits } = await scoreSplit({ scorer, columns: valid, batches: thread, source: "valid" });
    await scorer.close();
    return { name: "ours", rowsPerSecond: columns.rows.count / seconds, auc: auc(logits, valid.rows.label) };
  } finally {
    await thread.close();
    await own.close();
  }
}

async function peers(variant: string): Promise<Outcome> {
  const at = join(folder, variant);
  const rows = { ...columns.rows, ...joined(columns, valid) };
  const all = [...batches, ...validBatches.map((batch) => batch.map((row) => row + columns.rows.count))];
  const options = { columns: { ...columns, rows }, weights: initial, model: peerModel(network), optimizer: OPTIMIZER };
  writePeerFolder(at, { ...options, batches: all });
  const id = await peer!.open(at, { variant: variant as "a" | "b" });
  let milliseconds = 0;
  for (let i = 0; i < batches.length; i++) milliseconds += (await peer!.train(id, [i]))[0]!;
  const logits = new Float32Array(valid.rows.count);
  for (const [i, batch] of validBatches.entries()) {
    const scored = await peer!.logits(id, batches.length + i);
    batch.forEach((row, b) => {
      logits[row] = scored[b]!;
    });
  }
  await peer!.ask({ do: "close", id });
  return {
    name: variant,
    rowsPerSecond: columns.rows.count / (milliseconds / 1000),
    auc: auc(logits, valid.rows.label),
  };
}

/** The rows of both, one after the other. */
function joined(a: BatchSourceColumns, b: BatchSourceColumns) {
  const both = (x: Int32Array, y: Int32Array): Int32Array => Int32Array.of(...x, ...y);
  return {
    count: a.rows.count + b.rows.count,
    event: both(a.rows.event, b.rows.event),
    item: both(a.rows.item, b.rows.item),
    label: Uint8Array.of(...a.rows.label, ...b.rows.label),
  };
}

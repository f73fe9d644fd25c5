/**
 * Latency of one request: one person with a full history of 50 and 100 or 1,000 candidates, by the network of `full` (and of `din`),
 * beside PyTorch: the history repeated for each candidate as the peers predict (a: eager, traced, compiled, exported to ONNX), and
 * shared by all (b). Ours begins with the request's columns in memory and ends with logits; the peer's clock begins with its tensors.
 *
 *   npm run bench -- scoring [--shapes full,din] [--candidates 100,1000] [--rounds 5] [--runs 20] [--threads 2] [--peers a-eager,...] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BatchSourceColumns } from "../src/data/batch.js";
import { RandomStream } from "../src/random.js";
import { RequestScorer } from "../src/serving/request-scorer.js";
import { gradientGraph } from "../src/training/gradient-graph.js";
import { Weights } from "../src/training/weights.js";
import { checkLogits, Peer } from "./speed/peer.js";
import { writePeerFolder } from "./speed/peer-folder.js";
import { configure, OPTIMIZER, peerModel, SHAPES } from "./speed/shapes.js";
import { simulateLog } from "./speed/simulated-log.js";
import { median, quantile } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    shapes: { type: "string", default: "full,din" },
    candidates: { type: "string", default: "100,1000" },
    rounds: { type: "string", default: "5" },
    runs: { type: "string", default: "20" },
    threads: { type: "string" },
    peers: { type: "string", default: "a-eager,a-traced,a-compiled,a-onnx,b-eager,b-compiled" },
    json: { type: "string" },
  },
});
const threads = Number(args.threads ?? availableParallelism());
const peers = args.peers === "none" ? [] : args.peers.split(",");

const results: Record<string, Record<string, { p50: number; p99: number }>> = {};
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const peer = peers.length > 0 ? new Peer({ threads }) : null;
try {
  console.log(`${threads} threads, one request at a time, ${args.rounds} rounds of ${args.runs}; ms\n`);
  for (const name of args.shapes.split(",")) {
    for (const candidates of args.candidates.split(",").map(Number)) {
      const times = await latencies(name, candidates);
      print(`${name}, ${candidates} candidates`, times);
    }
  }
  if (args.json) writeFileSync(args.json, JSON.stringify({ threads, results }, null, 1));
} finally {
  await peer?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function latencies(name: string, candidates: number): Promise<Map<string, number[]>> {
  const { log, network } = SHAPES.find((shape) => shape.name === name)!;
  const columns = simulateLog({ ...log, rows: 64 });
  const model = configure(network);
  const weights = Weights.initial(gradientGraph(model, columns.catalogue).builder, { seed: 1 });
  const request = requestOf(columns, candidates);
  const scorer = await RequestScorer.create(model, () => weights, {
    catalogue: columns.catalogue,
    threads,
    device: "cpu",
    calibration: { kind: "none" },
    shift: 0,
  });
  const times = new Map<string, number[]>([["ours", []]]);
  const ids: { mode: string; id: number }[] = [];
  const at = join(folder, `${name}-${candidates}`);
  try {
    const expected = await scorer.score(request);
    if (peer !== null) {
      const batches = [Int32Array.of(0)];
      writePeerFolder(at, { columns, weights, model: peerModel(network), optimizer: OPTIMIZER, batches });
      for (const mode of peers) {
        const variant = mode.split("-")[0] as "a" | "b";
        const id = await peer.open(at, { variant });
        try {
          checkLogits(mode, expected, (await askPeer(id, mode, request, 1)).logits as number[]);
          ids.push({ mode, id });
          times.set(mode, []);
        } catch (error) {
          console.log(`${mode} is left out: ${(error as Error).message.split("\n")[0]}`);
        }
      }
    }
    for (let run = 0; run < 10; run++) await scorer.score(request);
    for (let round = 0; round < Number(args.rounds); round++) {
      for (let run = 0; run < Number(args.runs); run++) {
        const start = performance.now();
        await scorer.score(request);
        times.get("ours")!.push(performance.now() - start);
      }
      for (const { mode, id } of ids) {
        times.get(mode)!.push(...(await askPeer(id, mode, request, Number(args.runs))).ms!);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    return times;
  } finally {
    await scorer.close();
    for (const { id } of ids) await peer!.ask({ do: "close", id });
    rmSync(at, { recursive: true, force: true });
  }
}

/** The candidates drawn alike, for the person of the first row. */
function requestOf(columns: BatchSourceColumns, candidates: number): BatchSourceColumns {
  const random = new RandomStream(2, "candidates");
  const event = columns.rows.event[0]!;
  const rows = {
    count: candidates,
    event: new Int32Array(candidates).fill(event),
    item: Int32Array.from({ length: candidates }, () => 1 + random.below(columns.catalogue.items.trained)),
    label: new Uint8Array(candidates),
    itemStatistics: new Float32Array(0),
  };
  return { ...columns, rows };
}

async function askPeer(id: number, mode: string, { events, rows }: BatchSourceColumns, runs: number) {
  const event = rows.event[0]!;
  const history = events.item.subarray(events.historyStart[0]!, events.historyEnd[event]!);
  const [, how] = mode.split("-");
  return peer!.ask({ do: "score", id, mode: how, history: [...history], candidates: [...rows.item], runs });
}

function print(title: string, times: ReadonlyMap<string, number[]>): void {
  console.log(title);
  const own = median(times.get("ours")!);
  results[title] = {};
  for (const [who, ms] of times) {
    const [p50, p99] = [median(ms), quantile(ms, 0.99)];
    results[title][who] = { p50, p99 };
    const ratio = who === "ours" ? "" : `  ours is ${(p50 / own).toFixed(2)} times as fast`;
    console.log(`  ${who.padEnd(11)} p50 ${p50.toFixed(2).padStart(8)}  p99 ${p99.toFixed(2).padStart(8)}${ratio}`);
  }
  console.log("");
}

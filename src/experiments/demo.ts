import { join } from "node:path";
import type { Progress } from "../contract.js";
import { prepare } from "../data/index.js";
import { evaluate, train } from "../training/index.js";
import { generateWorld } from "../world/index.js";

export interface DemoOptions {
  /** Folder for the world, the prepared dataset and the runs. */
  out: string;
  /** Seed of the world and of the training. Default 1. */
  seed?: number | undefined;
  users?: number | undefined;
  items?: number | undefined;
  events?: number | undefined;
  /** Compute threads; default one per core. */
  threads?: number | undefined;
  /** Aborted, the training that is running ends with its best so far, and no other begins. */
  signal?: AbortSignal | undefined;
  progress?: Progress | undefined;
}

/** One line of the demo's table: a trained model, or a yardstick that knows something of the truth. */
export interface DemoLine {
  name: string;
  kind: "model" | "yardstick";
  auc: number | null;
  /** (auc - .5) / (oracle's auc - .5) on the same rows. */
  shareOfWay: number | null;
  gauc: number | null;
  logLoss: number | null;
  /** AUC on rows whose item has no event in training. */
  coldAuc: number | null;
  /** Of training, models only. */
  seconds: number | null;
}

export interface DemoSummary {
  out: string;
  rows: number;
  /** Best last: the oracle closes the table. */
  lines: DemoLine[];
  seconds: number;
}

const MODELS = ["popularity", "din", "mmdin"] as const;

/**
 * Makes a simulated world, prepares it, trains `popularity`, `din` and `mmdin` on it, and measures them on the test rows
 * beside two yardsticks: `informed`, a fixed formula over the true similarities, and `oracle`, the true click probability.
 *
 * @throws MmdinError as `prepare`, `train` and `evaluate` do.
 * @example
 * const { lines } = await demo({ out: "demo" });
 */
export async function demo(options: DemoOptions): Promise<DemoSummary> {
  const { out, seed = 1, users, items, events, threads, signal, progress } = options;
  const start = performance.now();
  const place = (name: string): string => join(out, name);

  progress?.({ phase: "making the world", done: 0 });
  const world = await generateWorld({ out: place("world"), seed, users, items, events });
  await prepare(join(place("world"), "dataset.yaml"), { out: place("data"), progress });

  const { oracle, informed } = world.yardsticks;
  const shareOfWay = (auc: number | null): number | null =>
    auc === null || oracle === null ? null : (auc - 0.5) / (oracle - 0.5);
  const lines: DemoLine[] = [];
  let rows = 0;
  for (const model of MODELS) {
    if (signal?.aborted) break;
    const named: Progress = (update) => progress?.({ ...update, phase: `${model}: ${update.phase}` });
    const run = place(model);
    const { result } = await train({ data: place("data"), out: run, model, seed, threads, signal, progress: named });
    const { metrics, slices, rows: measured } = await evaluate({ run, threads, progress: named });
    rows = measured;
    const { auc, gauc, logLoss } = metrics;
    const coldAuc = slices.coldItems.metrics.auc;
    const seconds = result?.seconds ?? null;
    lines.push({ name: model, kind: "model", auc, shareOfWay: shareOfWay(auc), gauc, logLoss, coldAuc, seconds });
  }
  for (const [name, auc] of Object.entries({ informed, oracle })) {
    const unknown = { gauc: null, logLoss: null, coldAuc: null, seconds: null };
    lines.push({ name, kind: "yardstick", auc, shareOfWay: shareOfWay(auc), ...unknown });
  }
  return { out, rows, lines, seconds: (performance.now() - start) / 1000 };
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../contract.js";
import { openDataset, prepare } from "../data/index.js";
import { evaluateScores } from "../metrics/index.js";
import { score, type TrainSummary, train, type Validation } from "../training/index.js";
import { generateWorld, readTruth } from "../world/index.js";
import { shareOfWay } from "../world/share-of-way.js";
import { testTruth } from "./world-truth.js";

export interface DemoOptions {
  /** Folder for the world, the prepared dataset and the runs. */
  out: string;
  seed?: number | undefined;
  users?: number | undefined;
  items?: number | undefined;
  events?: number | undefined;
  threads?: number | undefined;
  /** Told of every training, for whoever watches. */
  observer?: DemoObserver | undefined;
  /** Aborted, no further model is trained. */
  signal?: AbortSignal | undefined;
  progress?: Progress | undefined;
}

/** What a training tells beside its progress. */
export interface DemoObserver {
  begin(model: string): void;
  validation(validation: Validation): void;
  end(summary: TrainSummary): void;
}

/** One line of the demo's table. */
export interface DemoLine {
  name: string;
  auc: number | null;
  /** (AUC - .5) / (oracle's AUC - .5) on the same rows. */
  shareOfWay: number | null;
  gauc: number | null;
  logLoss: number | null;
  /** AUC on items that have no event in the training slice. */
  coldAuc: number | null;
  /** Seconds of training; null for what is not trained. */
  seconds: number | null;
}

export interface DemoSummary {
  out: string;
  /** Test rows. */
  rows: number;
  lines: DemoLine[];
  seconds: number;
}

const MODELS = ["popularity", "din", "mmdin"];

/**
 * The main job from end to end: makes a simulated shop whose truth is known, prepares it, trains `popularity`, `din` (ids alone) and
 * `mmdin`, and sets them beside the informed yardstick and the oracle on the test rows.
 */
export async function demo({
  out,
  seed = 1,
  users,
  items,
  events,
  threads,
  observer,
  signal,
  progress,
}: DemoOptions): Promise<DemoSummary> {
  const start = performance.now();
  const world = join(out, "world");
  const data = join(out, "data");
  await generateWorld({ out: world, seed, users, items, events, progress });
  await prepare(join(world, "dataset.yaml"), { out: data, cache: join(out, "cache"), progress });
  const measured: DemoLine[] = [];
  for (const model of MODELS) {
    if (signal?.aborted) break;
    const run = join(out, "runs", model);
    rmSync(run, { recursive: true, force: true });
    const named: Progress = (update) => progress?.({ ...update, phase: `${model}, ${update.phase}` });
    observer?.begin(model);
    const onValidation = observer && ((validation: Validation): void => observer.validation(validation));
    const trained = await train({ data, out: run, model, seed, threads, signal, progress: named, onValidation });
    observer?.end(trained);
    const { result } = trained;
    const { metrics, slices } = (await score({ run, data, threads })).evaluation;
    const { auc, gauc, logLoss } = metrics;
    const coldAuc = slices.coldItems.metrics.auc;
    measured.push({ name: model, auc, shareOfWay: null, gauc, logLoss, coldAuc, seconds: result?.seconds ?? null });
  }
  const dataset = openDataset(data);
  const { probability, informed, label, user, cold } = testTruth(dataset, readTruth(world));
  const lines = [
    ...measured,
    { ...ranked("informed", informed, { label, user, cold }), logLoss: null },
    ranked(
      "oracle",
      probability.map((p) => Math.log(p / (1 - p))),
      { label, user, cold },
    ),
  ];
  const oracle = lines.at(-1)!.auc;
  for (const line of lines) line.shareOfWay = shareOfWay(line.auc, oracle);
  return { out, rows: label.length, lines, seconds: (performance.now() - start) / 1000 };
}

function ranked(
  name: string,
  logits: Float64Array,
  { label, user, cold }: { label: Uint8Array; user: Int32Array; cold: Uint8Array },
): DemoLine {
  const { metrics, slices } = evaluateScores({ logits, label, user, slices: { cold } });
  return {
    name,
    auc: metrics.auc,
    shareOfWay: null,
    gauc: metrics.gauc,
    logLoss: metrics.logLoss,
    coldAuc: slices.cold.metrics.auc,
    seconds: null,
  };
}

import { BatchAssembler } from "../data/batch.js";
import { IdIndex } from "../data/index.js";
import { requestColumns } from "../data/request-columns.js";
import { MmdinError } from "../errors.js";
import { keptShift } from "../training/run-calibration.js";
import type { OpenedRun } from "../training/run-folder.js";
import { Scorer } from "../training/scorer.js";
import type { BundleInput } from "./bundle-feeds.js";
import { type ParityBatch, RUNTIMES, type RuntimeAnswer } from "./parity-runtimes.js";
import { RequestDraws } from "./request-draws.js";

/** A bundle, compared with its run in one runtime. */
export interface ParityResult {
  /** "onnxruntime-node 1.30.0"; without a version where it was skipped. */
  runtime: string;
  /** Why nothing was compared; absent where it was. */
  skipped?: string;
  /** How much was compared. */
  requests: number;
  candidates: number;
  /** The largest difference of a probability, and of a logit divided by its size where that is above 1; null where nothing was compared. */
  largest: { probability: number; logit: number } | null;
}

/** Neither a probability nor a logit may differ by more. */
export const TOLERANCE = 1e-5;

/** People and candidates of the batches: one person asks for 1, 2 and 97, and as many people ask for 2. */
const COUNTS = [1, 2, 97];

/**
 * What is compared: histories of no step, one, the longest and longer than is read, of one person and of several at once; items without
 * a modality, unknown items, people and values, steps without time or label, counters given and not.
 */
export function parityBatches(run: Pick<OpenedRun, "catalogue">, inputs: readonly BundleInput[]): ParityBatch[] {
  const draws = new RequestDraws(run.catalogue);
  const { length } = run.catalogue.history;
  const lengths = inputs.some(({ holds }) => holds === "history") ? [0, 1, length, length + 3] : [0];
  const alone = COUNTS.flatMap((candidates) => lengths.map((steps) => [draws.request({ steps, candidates })]));
  const together = COUNTS.slice(1).map((people) =>
    Array.from({ length: people }, (_, b) =>
      draws.request({ steps: lengths[b % lengths.length]!, candidates: 1 + (b % 2) }),
    ),
  );
  return [...alone, ...together];
}

/** The run's own logits of the candidates, by the graph that `evaluate` scores with. */
export async function ownLogits(run: OpenedRun, batches: readonly ParityBatch[]): Promise<Float32Array[][]> {
  const { catalogue, model, weights, calibration } = run;
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  const shift = keptShift(catalogue, { split: "request" });
  const scorer = await Scorer.create(model, weights, { catalogue, threads: 1, device: "cpu", calibration, shift });
  try {
    const all: Float32Array[][] = [];
    for (const requests of batches) {
      const logits: Float32Array[] = [];
      for (const request of requests) {
        const columns = requestColumns(request, { catalogue, ids, history: model.history });
        const rows = Int32Array.from(request.candidates, (_, row) => row);
        const out = await scorer.run(new BatchAssembler(columns, scorer.plan).assemble(rows));
        logits.push(Float32Array.from(out.logits!.data as Float32Array));
      }
      all.push(logits);
    }
    return all;
  } finally {
    await scorer.close();
  }
}

/**
 * Compares what a bundle says in every runtime that is at hand with what its run says.
 *
 * @throws MmdinError RUNTIME where a probability or a logit differs by more than 1e-5, or where a runtime that is there fails.
 */
export async function checkParity(
  folder: string,
  run: OpenedRun,
  { inputs, python }: { inputs: readonly BundleInput[]; python: string },
): Promise<ParityResult[]> {
  const batches = parityBatches(run, inputs);
  const own = await ownLogits(run, batches);
  const results: ParityResult[] = [];
  for (const { name, score } of RUNTIMES) {
    const answers = await score({ folder, batches, python });
    if ("skipped" in answers) {
      results.push({ runtime: name, skipped: answers.skipped, requests: 0, candidates: 0, largest: null });
      continue;
    }
    const result = compare(`${name} ${answers.version}`, { own, answers: answers.answers });
    const { largest } = result;
    if (!(largest && Math.max(largest.probability, largest.logit) <= TOLERANCE)) {
      throw new MmdinError("RUNTIME", "the exported model does not say what the run says", {
        where: result.runtime,
        expected: `differences of at most ${TOLERANCE}`,
        got: `${largest?.probability} in a probability, ${largest?.logit} in a logit`,
        fix: "This is a fault of mmdin or of that runtime: nothing was written",
      });
    }
    results.push(result);
  }
  return results;
}

function compare(
  runtime: string,
  { own, answers }: { own: readonly Float32Array[][]; answers: readonly RuntimeAnswer[] },
): ParityResult {
  const result = { runtime, requests: 0, candidates: 0, largest: { probability: 0, logit: 0 } };
  own.forEach((requests, i) => {
    const answer = answers[i];
    requests.forEach((logits, b) => {
      result.requests += 1;
      logits.forEach((logit, n) => {
        const at = b * (answer?.dims[1] ?? 0) + n;
        const difference = Math.abs(logit - (answer?.logit[at] ?? Number.NaN)) / Math.max(1, Math.abs(logit));
        const probability = Math.abs(1 / (1 + Math.exp(-logit)) - (answer?.probability[at] ?? Number.NaN));
        result.candidates += 1;
        result.largest.logit = most(result.largest.logit, difference);
        result.largest.probability = most(result.largest.probability, probability);
      });
    });
  });
  return result;
}

/** The larger one; NaN, which no limit admits, stays. */
const most = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b));

import { parentPort, workerData } from "node:worker_threads";
import type { RankRequest, RankResponse } from "../contract.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { IdIndex } from "../data/index.js";
import { requestColumns } from "../data/request-columns.js";
import type { Device } from "../runtime/executor.js";
import { packError } from "../runtime/job.js";
import { keptShift } from "../training/run-calibration.js";
import { openRun } from "../training/run-folder.js";
import { RequestScorer } from "./request-scorer.js";

/** A loaded model in a thread of its own: answers one request after the other. */
const { run, threads, device } = workerData as { run: string; threads: number; device: Device };
const port = parentPort!;

const opened = openSafely();

/** One question to the model: rank these candidates, or which of these ids it knows. */
export type Question = { request: RankRequest } | { items: readonly string[] };
export type Answer = RankResponse | boolean[];

async function open(): Promise<(question: Question) => Promise<Answer>> {
  const { catalogue, model, weights, calibration } = openRun(run);
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  const scorer = await RequestScorer.create(model, weights, {
    catalogue,
    threads,
    device,
    calibration,
    shift: keptShift(catalogue, { split: "request" }),
  });
  return async (question) => {
    if ("items" in question) return question.items.map((item) => ids.items.indexOf(item) !== UNKNOWN_INDEX);
    const { request } = question;
    const columns = requestColumns(request, { catalogue, ids, history: model.history });
    const logits = await scorer.score(columns);
    const ranked = request.candidates.map((item, row) => {
      const logit = logits[row]!;
      return { item, probability: 1 / (1 + Math.exp(-logit)), logit };
    });
    return ranked.sort((a, b) => b.logit - a.logit);
  };
}

async function openSafely(): Promise<((question: Question) => Promise<Answer>) | undefined> {
  try {
    const answer = await open();
    port.postMessage({ ready: true });
    return answer;
  } catch (error) {
    port.postMessage({ error: packError(error) });
    return undefined;
  }
}

port.on("message", async ({ id, ...question }: { id: number } & Question) => {
  try {
    port.postMessage({ id, answer: await (await opened)!(question) });
  } catch (error) {
    port.postMessage({ id, error: packError(error) });
  }
});

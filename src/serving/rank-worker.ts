import { parentPort, workerData } from "node:worker_threads";
import type { RankedItem, RankRequest, RankResponse } from "../contract.js";
import { readItemTexts } from "../data/catalogue-file.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { IdIndex } from "../data/index.js";
import { earlierSteps, requestColumns } from "../data/request-columns.js";
import type { Device } from "../runtime/executor.js";
import { packError } from "../runtime/job.js";
import { keptShift } from "../training/run-calibration.js";
import { openRun } from "../training/run-folder.js";
import type { Weights } from "../training/weights.js";
import { type ExplainedCandidate, explainRequest } from "./explanation/explain-request.js";
import { Explainer } from "./explanation/explainer.js";
import { RequestScorer } from "./request-scorer.js";

/** A loaded model in a thread of its own: answers one request after the other. */
const { run, threads, device } = workerData as { run: string; threads: number; device: Device };
const port = parentPort!;

const opened = openSafely();

/** One question to the model: rank these candidates, say why as well, or which of these ids it knows. */
export type Question = { request: RankRequest } | { explain: RankRequest } | { items: readonly string[] };
export type Answer = RankResponse | ExplainedItem[] | boolean[];

/** A candidate with its probability, and why it got it. */
export type ExplainedItem = RankedItem & ExplainedCandidate & { title: string | null };

async function open(): Promise<(question: Question) => Promise<Answer>> {
  const { catalogue, model, weights, calibration } = openRun(run);
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  const options = { catalogue, threads, device, calibration, shift: keptShift(catalogue, { split: "request" }) };
  let read: Weights | undefined;
  const weightsOnce: typeof weights = (builder) => {
    read ??= weights(builder);
    return read;
  };
  const scorer = await RequestScorer.create(model, weightsOnce, options);
  let explaining: Promise<{ explainer: Explainer; titles: readonly string[] }> | undefined;
  const explain = async (request: RankRequest): Promise<ExplainedItem[]> => {
    explaining ??= Explainer.create(model, weightsOnce, options).then((explainer) => {
      return { explainer, titles: readItemTexts(catalogue).titles };
    });
    const { explainer, titles } = await explaining;
    const columns = requestColumns(request, { catalogue, ids, history: model.history });
    const steps = earlierSteps(request, catalogue).history;
    const titleOf = (item: number): string | null => titles[item] || null;
    const explained = await explainRequest(explainer, columns, { steps, titleOf });
    const items = explained.map((candidate, row) => {
      const [item, index] = [request.candidates[row]!, columns.rows.item[row]!];
      return { item, title: titleOf(index), probability: 1 / (1 + Math.exp(-candidate.logit)), ...candidate };
    });
    return items.sort((a, b) => b.logit - a.logit);
  };
  return async (question) => {
    if ("items" in question) return question.items.map((item) => ids.items.indexOf(item) !== UNKNOWN_INDEX);
    if ("explain" in question) return explain(question.explain);
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

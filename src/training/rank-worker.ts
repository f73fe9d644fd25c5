import { parentPort, workerData } from "node:worker_threads";
import type { RankRequest, RankResponse } from "../contract.js";
import { BatchAssembler } from "../data/batch.js";
import { loadIds } from "../data/index.js";
import { type IdIndex, requestColumns } from "../data/request-columns.js";
import type { Device } from "../runtime/executor.js";
import { packError } from "../runtime/job.js";
import { openRun } from "./run-folder.js";
import { Scorer } from "./scorer.js";

/** A loaded model in a thread of its own: answers one request after the other. */
const { run, threads, device } = workerData as { run: string; threads: number; device: Device };
const port = parentPort!;

const opened = openSafely();

async function open(): Promise<(request: RankRequest) => Promise<RankResponse>> {
  const { catalogue, model, weights } = openRun(run);
  const ids: IdIndex = { items: indexOf(loadIds(catalogue, "items")), users: indexOf(loadIds(catalogue, "users")) };
  const scorer = await Scorer.create(model, weights, { catalogue, threads, device });
  return async (request) => {
    const columns = requestColumns(request, { catalogue, ids });
    const rows = Int32Array.from(request.candidates, (_, row) => row);
    const { logits } = await scorer.run(new BatchAssembler(columns, scorer.plan).assemble(rows));
    const ranked = request.candidates.map((item, row) => {
      const logit = logits!.data[row] as number;
      return { item, probability: 1 / (1 + Math.exp(-logit)), logit };
    });
    return ranked.sort((a, b) => b.logit - a.logit);
  };
}

async function openSafely(): Promise<((request: RankRequest) => Promise<RankResponse>) | undefined> {
  try {
    const rank = await open();
    port.postMessage({ ready: true });
    return rank;
  } catch (error) {
    port.postMessage({ error: packError(error) });
    return undefined;
  }
}

function indexOf(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

port.on("message", async ({ id, request }: { id: number; request: RankRequest }) => {
  try {
    port.postMessage({ id, response: await (await opened)!(request) });
  } catch (error) {
    port.postMessage({ id, error: packError(error) });
  }
});

import type { ModelSummary } from "../../../src/api/contract.js";
import type { RankedItem, RankRequest } from "../../../src/contract.js";
import { BUNDLE } from "../server/server.js";
import type { DeviceAnswer, DeviceQuestion } from "./device-worker.js";

/** The model in this browser: a worker of the page, so that clicks are answered while it computes. */
export interface DeviceModel {
  /** Milliseconds that it took to load, and bytes of the model. */
  loaded: { milliseconds: number; bytes: number };
  rank(request: RankRequest): Promise<{ results: RankedItem[]; milliseconds: number }>;
}

let kept: { key: string; model: Promise<DeviceModel>; worker: Worker } | undefined;

/** Loads the model that is served, once; the runtime comes from the server, too, with the first call. */
export function deviceModel({ run, created }: ModelSummary): Promise<DeviceModel> {
  const key = `${run} ${created}`;
  if (kept?.key === key) return kept.model;
  kept?.worker.terminate();
  const worker = new Worker(new URL("./device-worker.ts", import.meta.url), { type: "module" });
  const model = open(worker);
  kept = { key, model, worker };
  model.catch(() => {
    worker.terminate();
    if (kept?.worker === worker) kept = undefined; // the next call tries again; this one's caller is told
  });
  return model;
}

type Settled<Q> = Q extends { load: string }
  ? Extract<DeviceAnswer, { loaded: unknown }>
  : Extract<DeviceAnswer, { results: unknown }>;

async function open(worker: Worker): Promise<DeviceModel> {
  const waiting = new Map<number, { resolve(answer: DeviceAnswer): void; reject(error: Error): void }>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<DeviceAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("problem" in data) asked?.reject(new Error(data.problem));
    else asked?.resolve(data);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "the worker of this page failed"));
    waiting.clear();
  });
  type Body = { load: string } | { rank: RankRequest };
  const ask = <Q extends Body>(body: Q): Promise<Settled<Q>> => {
    const id = ++last;
    const question: DeviceQuestion = { id, ...body };
    return new Promise<DeviceAnswer>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage(question);
    }) as Promise<Settled<Q>>;
  };
  const { loaded } = await ask({ load: BUNDLE });
  return { loaded, rank: (request) => ask({ rank: request }) };
}

import type { ModelSummary } from "../../../src/api/contract.js";
import type { RankRequest } from "../../../src/contract.js";
import { server } from "../server/server.js";
import { wholeCatalogue } from "../server/whole-catalogue.js";
import { deviceModel } from "./device-model.js";
import { randomRequests } from "./random-requests.js";

/** Two answers are the same up to the rounding of their runtimes: probabilities to this. */
export const TOLERANCE = 1e-5;

/** The same requests, answered here and by the server. */
export interface Agreement {
  requests: number;
  candidates: number;
  /** Largest difference of two probabilities. */
  largest: number;
  /** Milliseconds of one answer, the middle one of all. */
  device: number;
  server: number;
}

/** Compares this browser with the server on requests of nobody: the own history is not among them. */
export async function compareAnswers(
  { count, model, seed }: { count: number; model: ModelSummary; seed: number },
  { signal, progress }: { signal: AbortSignal; progress(done: number): void },
): Promise<Agreement> {
  const [device, items] = await Promise.all([deviceModel(model), wholeCatalogue(model, signal)]);
  let largest = 0;
  let candidates = 0;
  const times: { device: number[]; server: number[] } = { device: [], server: [] };
  for (const [at, request] of randomRequests(count, { items, model, seed }).entries()) {
    signal.throwIfAborted();
    const compared = await compareOne(request, { device, signal });
    largest = Math.max(largest, compared.largest);
    candidates += request.candidates.length;
    times.device.push(compared.device);
    times.server.push(compared.server);
    progress(at + 1);
  }
  return { requests: count, candidates, largest, device: middle(times.device), server: middle(times.server) };
}

async function compareOne(
  request: RankRequest,
  { device, signal }: { device: Awaited<ReturnType<typeof deviceModel>>; signal: AbortSignal },
): Promise<{ largest: number; device: number; server: number }> {
  const here = await device.rank(request);
  const begin = performance.now();
  const { statistics: _, ...question } = request;
  const there = await server.rank(question, signal);
  const took = performance.now() - begin;
  const probabilities = new Map(here.results.map(({ item, probability }) => [item, probability]));
  const differences = there.results.map(({ item, probability }) =>
    Math.abs(probability - (probabilities.get(item) ?? Number.NaN)),
  );
  const largest = differences.reduce((most, value) => (value > most || Number.isNaN(value) ? value : most), 0);
  return { largest, device: here.milliseconds, server: took };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

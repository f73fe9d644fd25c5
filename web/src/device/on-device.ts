import type { ModelSummary, RankerAnswer, RecommendQuestion } from "../../../src/api/contract.js";
import type { RankRequest } from "../../../src/contract.js";
import { wholeCatalogue } from "../server/whole-catalogue.js";
import { deviceModel } from "./device-model.js";

type Question = Pick<RecommendQuestion, "user" | "history" | "time" | "k">;

/** A question as the model in this browser takes it; counters of items are those of the server, which tell nothing of the person. */
export async function requestOnDevice(
  { user, history = [], time }: Question,
  { model, signal }: { model: ModelSummary; signal: AbortSignal },
): Promise<{ request: RankRequest; titles: ReadonlyMap<string, string | null> }> {
  const items = await wholeCatalogue(model, signal);
  const seen = new Set(history.map(({ item }) => item));
  // What was put into the server is not part of the exported model.
  const offered = items.filter(({ id, origin }) => origin !== "added" && !seen.has(id));
  const request: RankRequest = {
    ...(user !== undefined && { user }),
    ...(time !== undefined && { time }),
    history,
    candidates: offered.map(({ id }) => id),
    statistics: { items: Object.fromEntries(offered.map(({ id, counters }) => [id, counters])) },
  };
  return { request, titles: new Map(offered.map(({ id, title }) => [id, title])) };
}

/** Recommends without the server: every item of the catalogue is ranked in this browser. */
export async function recommendOnDevice(
  question: Question,
  { model, signal }: { model: ModelSummary; signal: AbortSignal },
): Promise<RankerAnswer> {
  const begin = performance.now();
  const { k = 10 } = question;
  const [device, { request, titles }] = await Promise.all([
    deviceModel(model),
    requestOnDevice(question, { model, signal }),
  ]);
  const { results, milliseconds } = await device.rank(request);
  return {
    results: results.slice(0, k).map((result) => ({
      ...result,
      title: titles.get(result.item) ?? null,
      source: "request",
      reason: null,
    })),
    unknown: [],
    warnings: [],
    model: { run: model.run, name: model.name, created: model.created },
    spent: { score: milliseconds, total: performance.now() - begin },
  };
}

import type {
  CatalogueItem, FindItems, FoundItems, ModelSummary, NewItem, PutSummary, RankerAnswer, RankQuestion, RecommendQuestion, UserHistory,
} from "../../../src/api/contract.js";

import type { ModelComparison, ModelEvaluation, ModelTraining, TrainingState } from "../../../src/api/training-contract.js";
export const TRAINING_EVENTS = "v1/training/events";

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read(await fetch(path, { signal: signal ?? null }));
}
async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return read(await fetch(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" }, signal: signal ?? null }));
}
async function read<T>(response: Response): Promise<T> {
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body as T;
}
const query = (values: Record<string, unknown>): string => {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(values)) if (v !== undefined && v !== "") q.set(k, typeof v === "object" ? JSON.stringify(v) : String(v));
  return q.size === 0 ? "" : `?${q}`;
};
export const server = {
  async start(signal: AbortSignal): Promise<{ model: ModelSummary | null }> {
    return { model: await get("v1/model", signal) };
  },
  recommend: (q: RecommendQuestion, signal?: AbortSignal) => post<RankerAnswer>("v1/recommend", q, signal),
  rank: (q: RankQuestion, signal?: AbortSignal) => post<RankerAnswer>("v1/rank", q, signal),
  explain: (q: RankQuestion, signal?: AbortSignal) => post<RankerAnswer>("v1/explain", q, signal),
  items: (q: FindItems, signal?: AbortSignal) => get<FoundItems>(`v1/items${query({ ...q, filters: q.filters && Object.keys(q.filters).length ? q.filters : undefined })}`, signal),
  item: (id: string, signal?: AbortSignal) => get<CatalogueItem>(`v1/items/${encodeURIComponent(id)}`, signal),
  putItem: ({ id, ...body }: NewItem, signal?: AbortSignal) => post<PutSummary>(`v1/items/${encodeURIComponent(id)}`, body, signal),
  neighbours: async (id: string, q: { modality: string; k?: number }, signal?: AbortSignal) =>
    (await get<{ neighbours: { item: CatalogueItem; cosine: number }[] }>(`v1/items/${encodeURIComponent(id)}/neighbours${query(q)}`, signal)).neighbours,
  users: async (q: { search?: string; limit?: number }, signal?: AbortSignal) => (await get<{ users: string[] }>(`v1/users${query(q)}`, signal)).users,
  training: (signal?: AbortSignal) => get<ModelTraining>("v1/model/training", signal),
  evaluation: (signal?: AbortSignal) => get<ModelEvaluation>("v1/model/evaluation", signal),
  async comparison(signal?: AbortSignal): Promise<{ report: ModelComparison | null }> {
    const response = await fetch("v1/model/comparison", { signal: signal ?? null });
    return { report: response.status === 404 ? null : await read<ModelComparison>(response) };
  },
  async watched(signal?: AbortSignal): Promise<TrainingState | null> {
    const response = await fetch("v1/training", { signal: signal ?? null });
    return response.status === 404 ? null : read<TrainingState>(response);
  },
  async answers(): Promise<boolean> {
    try { return (await fetch("readyz")).ok; } catch { return false; }
  },
  history: (user: string, signal?: AbortSignal) => get<UserHistory | null>(`v1/users/${encodeURIComponent(user)}/history`, signal),
};
export function pictureUrl(id: string, width: number): string {
  return `v1/items/${encodeURIComponent(id)}/picture?width=${width}`;
}

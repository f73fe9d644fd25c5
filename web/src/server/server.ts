import type {
  CatalogueItem,
  FindItems,
  FoundItems,
  ModelComparison,
  ModelEvaluation,
  ModelSummary,
  ModelTraining,
  NewItem,
  PutSummary,
  RankerAnswer,
  RankQuestion,
  RecommendQuestion,
  TrainingState,
  UserHistory,
} from "../../../src/client/index.js";
import { createClient, MmdinProblem } from "../../../src/client/index.js";

/** Where this page came from: the app may lie below a path. */
const BASE = new URL(".", location.href).href.replace(/\/$/, "");

let onKeyless: () => void = () => {};

const client = createClient({
  url: BASE,
  async fetch(...words) {
    const answer = await fetch(...words);
    if (answer.status === 401) onKeyless();
    return answer;
  },
});

/** Calls whenever the server asks for a key and this browser has none that it knows, until the returned function is called. */
export function whenKeyless(call: () => void): () => void {
  onKeyless = call;
  return () => {
    onKeyless = () => {};
  };
}

/** Of the browser's storage: whether somebody has signed in here. The cookie that does it is hidden from the page. */
const SIGNED_IN = "mmdin-signed-in";

/** Milliseconds: a picture has to be encoded, an explanation computed. */
const PATIENT = 60_000;

export const TRAINING_EVENTS = `${BASE}/v1/training/events`;

/** Where the exported model lies; a worker reads it from there. */
export const BUNDLE = `${BASE}/v1/model/bundle/`;

/** What is served, or that something is being trained here. */
export interface Started {
  model: ModelSummary | null;
}

/** The server, as the pages ask it: everything goes through the documented API. */
export const server = {
  async start(signal?: AbortSignal): Promise<Started> {
    try {
      return { model: await client.model(called(signal)) };
    } catch (error) {
      if (isProblem(error, "NOT_FOUND") && (await watched(signal)) !== null) return { model: null };
      throw error;
    }
  },
  /** From now on the browser sends what stands for the key with everything, pictures too. */
  async signIn(key: string): Promise<void> {
    const { signedIn } = await client.signIn(key);
    if (signedIn) localStorage.setItem(SIGNED_IN, "yes");
  },
  async signOut(): Promise<void> {
    await client.signOut();
    localStorage.removeItem(SIGNED_IN);
  },
  recommend: (question: RecommendQuestion, signal?: AbortSignal): Promise<RankerAnswer> =>
    client.recommend(question, called(signal)),
  rank: (question: RankQuestion, signal?: AbortSignal): Promise<RankerAnswer> =>
    client.rank({ ...question, deadline: PATIENT }, patient(signal)),
  explain: (question: RankQuestion, signal?: AbortSignal): Promise<RankerAnswer> =>
    client.explain({ ...question, deadline: PATIENT }, patient(signal)),
  items: ({ search, filters, ...rest }: FindItems, signal?: AbortSignal): Promise<FoundItems> =>
    client.items(
      {
        ...rest,
        ...(search !== undefined && search !== "" && { search }),
        ...(filters !== undefined && Object.keys(filters).length > 0 && { filters }),
      },
      called(signal),
    ),
  item: (id: string, signal?: AbortSignal): Promise<CatalogueItem> => client.item(id, called(signal)),
  putItem: (item: NewItem, signal?: AbortSignal): Promise<PutSummary> => client.putItem(item, patient(signal)),
  async neighbours(
    id: string,
    query: { modality: string; k?: number },
    signal?: AbortSignal,
  ): Promise<{ item: CatalogueItem; cosine: number }[]> {
    return (await client.neighbours(id, query, patient(signal))).neighbours;
  },
  async users(
    { search = "", limit = 20 }: { search?: string; limit?: number },
    signal?: AbortSignal,
  ): Promise<string[]> {
    return (await client.users({ limit, ...(search !== "" && { search }) }, called(signal))).users;
  },
  /** Null for somebody of whom nothing is stored. */
  async history(user: string, signal?: AbortSignal): Promise<UserHistory | null> {
    try {
      return await client.user(user, called(signal));
    } catch (error) {
      if (isProblem(error, "NOT_FOUND")) return null;
      throw error;
    }
  },
  training: (signal?: AbortSignal): Promise<ModelTraining> => client.training(called(signal)),
  evaluation: (signal?: AbortSignal): Promise<ModelEvaluation> => client.evaluation(called(signal)),
  /** Null where the server was given no report. */
  async comparison(signal?: AbortSignal): Promise<{ report: ModelComparison | null }> {
    try {
      return { report: await client.comparison(called(signal)) };
    } catch (error) {
      if (isProblem(error, "NOT_FOUND")) return { report: null };
      throw error;
    }
  },
  watched,
  /** Whether a server with a model answers here. */
  async answers(): Promise<boolean> {
    try {
      await client.ready({ timeout: 2000 });
      return true;
    } catch {
      return false; // not yet: whoever asks asks again
    }
  },
};

/** The training that is under way here; null where the server serves a model and trains none. */
async function watched(signal?: AbortSignal): Promise<TrainingState | null> {
  const answer = await fetch(`${BASE}/v1/training`, { signal: signal ?? null });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`The server answers ${answer.status} to what it is training`);
  return (await answer.json()) as TrainingState;
}

/** The address of an item's picture, at most so many pixels wide. */
export function pictureUrl(id: string, width: number): string {
  return `${BASE}/v1/items/${encodeURIComponent(id)}/picture?width=${width}`;
}

/** Whether the server is there, and loads its model still. */
export function isStarting(error: Error): boolean {
  return isProblem(error, "STARTING");
}

export function hasSignedIn(): boolean {
  return localStorage.getItem(SIGNED_IN) !== null;
}

function isProblem(error: unknown, code: MmdinProblem["code"]): boolean {
  return error instanceof MmdinProblem && error.code === code;
}

function called(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function patient(signal: AbortSignal | undefined): { signal?: AbortSignal; timeout: number } {
  return { ...called(signal), timeout: PATIENT };
}

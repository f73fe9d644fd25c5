import type { BundleFile } from "../api/bundle-files.js";
import type {
  CatalogueItem,
  FindItems,
  FoundItems,
  ModelSummary,
  NewItem,
  PutSummary,
  RankerAnswer,
  RankQuestion,
  RecommendQuestion,
  UserHistory,
} from "../api/contract.js";
import type { Bytes, Ready } from "../api/operation-answers.js";
import type { OperationName } from "../api/operations.js";
import type { ModelComparison, ModelEvaluation, ModelTraining } from "../api/training-contract.js";
import type { Event } from "../contract.js";

export interface ClientOptions {
  /** Of the server: "http://127.0.0.1:8080", with a path where it lies below one. */
  url: string;
  /** Sent as `Authorization: Bearer KEY`. */
  key?: string;
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Milliseconds for a call, its answer read; default 10,000. */
  timeout?: number;
}

export interface CallOptions {
  /** Aborted, the call rejects with its reason, and the server stops working on it. */
  signal?: AbortSignal;
  /** Instead of the client's. */
  timeout?: number;
  /** Sent as `x-request-id`, and found in the server's log: 1 to 64 of letters, digits, `_ . : -`. */
  requestId?: string;
}

/** Milliseconds after which the server shall give up (default: its own, 1000). */
export interface Deadline {
  deadline?: number;
}

/** An event as it is posted: the time is now and the label 1 where they are left out. */
export type PostedEvent = Omit<Event, "time" | "label"> & Partial<Pick<Event, "time" | "label">>;

/**
 * A server, asked. Every method rejects with an `MmdinProblem` where the server says no, and with an `MmdinError` where it does not answer: IO, or
 * DEADLINE after `timeout`.
 */
export interface Client extends Record<OperationName, (...words: never[]) => Promise<unknown>> {
  /** Ranks these items for a person, best first. */
  rank(question: RankQuestion & Deadline, options?: CallOptions): Promise<RankerAnswer>;
  /** Finds items of the catalogue for a person. */
  recommend(question: RecommendQuestion & Deadline, options?: CallOptions): Promise<RankerAnswer>;
  /** Ranks at most 20 items, and says why. */
  explain(question: RankQuestion & Deadline, options?: CallOptions): Promise<RankerAnswer>;
  /** Stores 1 to 1,000 events, all or none; durable when it resolves. */
  append(events: readonly PostedEvent[], options?: CallOptions): Promise<{ stored: number }>;
  /** People of the run's log, in the order of their ids. */
  users(query?: { search?: string; limit?: number }, options?: CallOptions): Promise<{ users: string[] }>;
  /** What is stored of a person; NOT_FOUND where nothing is. */
  user(id: string, options?: CallOptions): Promise<UserHistory>;
  /** Removes everything that is stored of a person. */
  forget(id: string, options?: CallOptions): Promise<{ forgotten: number }>;
  /** A page of the catalogue. */
  items(query?: FindItems, options?: CallOptions): Promise<FoundItems>;
  /** One item; NOT_FOUND where there is none. */
  item(id: string, options?: CallOptions): Promise<CatalogueItem>;
  /** Adds or replaces an item; it can be ranked when it resolves. */
  putItem(item: NewItem, options?: CallOptions): Promise<PutSummary>;
  /** An item's picture; NOT_FOUND where it has none. `width` in pixels, at most. */
  picture(id: string, options?: CallOptions & { width?: number }): Promise<Bytes>;
  /** The items most like one, by a modality with vectors. */
  neighbours(
    id: string,
    query: { modality: string; k?: number },
    options?: CallOptions,
  ): Promise<{ neighbours: { item: CatalogueItem; cosine: number }[] }>;
  /** What is served. */
  model(options?: CallOptions): Promise<ModelSummary>;
  /** Serves another run. */
  swap(run: string, options?: CallOptions): Promise<ModelSummary>;
  /** How the model was trained. */
  training(options?: CallOptions): Promise<ModelTraining>;
  /** How good it is on its test slice; measured once, so ask again while its `state` is "measuring". */
  evaluation(options?: CallOptions): Promise<ModelEvaluation>;
  /** What it was compared with; NOT_FOUND where the server was given no report. */
  comparison(options?: CallOptions): Promise<ModelComparison>;
  /** A file of the model as `mmdin export` writes it; NOT_FOUND where it has none of that name. The first one can take a minute. */
  bundle(file: BundleFile, options?: CallOptions): Promise<Bytes>;
  /** In a page of the server: its further requests, those of pictures too, carry the key, as a cookie. KEY where it is not known. */
  signIn(key: string, options?: CallOptions): Promise<{ signedIn: boolean }>;
  /** Takes the cookie of `signIn` back. */
  signOut(options?: CallOptions): Promise<{ signedIn: boolean }>;
  /** Whether the process answers. */
  alive(options?: CallOptions): Promise<{ alive: true }>;
  /** Whether it can be asked: STARTING or STOPPING where not. */
  ready(options?: CallOptions): Promise<Ready>;
  /** Figures, in the text format of Prometheus. */
  metrics(options?: CallOptions): Promise<string>;
  /** The OpenAPI document. */
  openapi(options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
}

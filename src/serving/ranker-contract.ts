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
import type { Event } from "../contract.js";

/** Limits of one question. */
export interface AskOptions {
  /** Milliseconds after which the answer is no longer wanted; default 1000. What is late is refused with DEADLINE. */
  deadline?: number;
  /** Aborted, the answer is no longer wanted: what has not begun is not computed. */
  signal?: AbortSignal;
}

/** How a ranker is at this moment. */
export interface RankerStatus {
  /** True from when it answers until `close`. */
  ready: boolean;
  /** Null where the store answers, else why not. */
  storeProblem: string | null;
  workers: { wanted: number; ready: number; restarts: number };
  /** Questions that wait, and that may. */
  queue: { waiting: number; most: number };
}

/** Called as things happen: what metrics are made of. Every field is optional. */
export interface RankerObserver {
  /** A stage of one question has ended. */
  stage?(stage: string, milliseconds: number): void;
  /** Questions that one worker took together. */
  batch?(questions: number): void;
  queue?(waiting: number): void;
  workerRestarted?(reason: string): void;
  /** A lookup of a person or an item in memory: the cache hit or missed. */
  cache?(name: string, hit: boolean): void;
  storeFailed?(error: Error): void;
}

export interface RankerOptions {
  /** A folder (lmdb), `redis://...`, or "none": nothing is kept, events are refused. Default "none". */
  store?: string;
  /** Score workers; default 1. */
  workers?: number;
  /** Threads inside of one worker; default 1. */
  threads?: number;
  /** Questions that may wait for a worker; more are refused with BUSY. Default 256. */
  queue?: number;
  /** What "now" is where a question has no time: the clock of this machine ("now", never before the last event known of the log and the person), or just
   * after the last event that is known ("log"). Default "now"; always "log" where the dataset has an order and no clock. */
  clock?: "now" | "log";
  observer?: RankerObserver;
}

/**
 * A run that answers: ranks and recommends for people that a store knows, or that a question describes. Every method rejects with an
 * MmdinError: REQUEST (the question is wrong), BUSY (the queue is full), DEADLINE (too late), STORE, RUNTIME (a worker died twice on it).
 */
export interface Ranker {
  model(): ModelSummary;
  rank(question: RankQuestion, options?: AskOptions): Promise<RankerAnswer>;
  recommend(question: RecommendQuestion, options?: AskOptions): Promise<RankerAnswer>;
  /** Stored, and seen by the next question of any server on this store, when it resolves. */
  append(events: readonly Event[]): Promise<void>;
  /** Null for a person of whom the store has nothing. */
  user(id: string): Promise<UserHistory | null>;
  /** People of the run's log whose id contains `search`, in the order of their ids; default all, 20 at most. */
  users(query?: { search?: string; limit?: number }): Promise<string[]>;
  /** Removes everything of a person; the number of events that went. */
  forget(user: string): Promise<number>;
  /** Encodes, stores, and makes rankable; all of it has happened when it resolves. */
  putItem(item: NewItem): Promise<PutSummary>;
  item(id: string): Promise<CatalogueItem | null>;
  items(query: FindItems): Promise<FoundItems>;
  /** Bytes and type of an item's picture; null where it has none. `width` at most, in pixels. */
  picture(id: string, options?: { width?: number }): Promise<{ bytes: Uint8Array; type: string } | null>;
  /** Nearest items by one modality with vectors, nearest first. */
  neighbours(id: string, options: { modality: string; k?: number }): Promise<{ item: CatalogueItem; cosine: number }[]>;
  /**
   * Takes another run over: loads it beside the one that answers, then changes. Questions on the way are answered by the one that took
   * them. @throws MmdinError MISMATCH where its catalogue does not fit (another dataset's ids, features or modalities): the old one stays.
   */
  swap(run: string): Promise<ModelSummary>;
  status(): RankerStatus;
  close(): Promise<void>;
}

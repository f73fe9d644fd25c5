import type { CandidateSource, Filters } from "../../api/contract.js";
import type { Catalogue } from "../../data/columns.js";
import type { IndexedRequest } from "../../data/indexed-request.js";
import type { HistoryEvents } from "../../data/positive-history.js";
import type { Device } from "../../runtime/executor.js";
import type { PackedError } from "../../runtime/job.js";
import type { RunManifest } from "../../training/run-folder.js";
import type { HistoryIndices } from "../candidates/index.js";
import type { ExplainedCandidate } from "../explanation/explain-request.js";
import type { ThreadEnd } from "./end-thread.js";

/** What can be asked of a worker that has a run open. */
export type Work =
  | { kind: "score"; request: IndexedRequest }
  /** With the titles of its items, by index. */
  | { kind: "explain"; request: IndexedRequest; titles: ReadonlyMap<number, string> }
  | { kind: "find"; question: FindQuestion }
  | { kind: "choose"; question: ChooseQuestion };

/** What is worth ranking for somebody. */
export interface FindQuestion {
  history: HistoryIndices;
  exclude: Int32Array;
  filters: Filters;
  /** Index of each id that the filters name. */
  ids: ReadonlyMap<string, number>;
  most: number;
  user: string;
  time: number;
}

/** The best of what was found. */
export interface ChooseQuestion {
  request: IndexedRequest;
  /** Of the candidates of the request. */
  sources: readonly CandidateSource[];
  history: HistoryIndices;
  k: number;
  diversity: number;
  cap: { modality: string; most: number } | null;
}

export interface Found {
  items: Int32Array;
  sources: CandidateSource[];
  warnings: string[];
}

/** One of the best: the row of the candidate, and which step of the history brought it in. */
export interface Chosen {
  row: number;
  logit: number;
  because: number | null;
  /** Events of the item. */
  events: number;
}

/** Events that are not in the run: by item, so many, so many of them positive, at a time. */
export interface ObservedEvents {
  items: Int32Array;
  events: Float64Array;
  positives: Float64Array;
  time: number;
}

/** What it answers, by the kind of work. */
export interface WorkAnswers {
  /** Logits of the candidates, in their order. */
  score: Float32Array;
  /** Of the candidates, in their order. */
  explain: ExplainedCandidate[];
  find: Found;
  choose: Chosen[];
}
export type WorkAnswer = WorkAnswers[Work["kind"]];

/** What takes long gives way to what is short: a worker does one of each kind at a time. */
export const isLong = ({ kind }: Work): boolean => kind === "explain";

/** What a worker is started with. */
export interface WorkerSetup {
  run: string;
  threads: number;
  device: Device;
  /** That of the first worker, which has opened it: its columns are shared. Null for the first. */
  catalogue: Catalogue | null;
  /** When the run was made that the first worker found; null for the first. */
  created: string | null;
  /** Whether it will be asked for candidates and explanations, and makes itself ready for them before it is asked. */
  complete: boolean;
}

/** What the first worker has opened, for the thread that asks. */
export interface OpenedParts {
  manifest: RunManifest;
  catalogue: Catalogue;
  /** By index. */
  itemIds: string[];
  /** By index; null where the model reads nothing of a user. */
  userIds: string[] | null;
  titles: string[];
  pictures: string[];
  /** Which steps of a history the model reads. */
  history: HistoryEvents;
  /** What candidates cannot be found by, and why. */
  warnings: string[];
  /** Attention heads in the order of the weights, and modalities with gates. */
  heads: string[];
  gates: string[];
}

export interface Task {
  id: number;
  /** Milliseconds since 1970 after which it is not wanted any more. */
  expires: number;
  work: Work;
}

/** A catalogue in which these items are new, or have changed. */
export interface CatalogueUpdate {
  catalogue: Catalogue;
  items: Int32Array;
}

export type ToWorker = { tasks: Task[] } | { update: CatalogueUpdate } | { observed: ObservedEvents } | ThreadEnd;

export type FromWorker =
  | { ready: OpenedParts | null }
  | { failed: PackedError }
  | { updated: PackedError | null }
  | { id: number; answer: WorkAnswer }
  | { id: number; error: PackedError }
  | { id: number; late: true };

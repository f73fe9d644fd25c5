import type { Counters, FeatureValue, HistoryStep, RankedItem } from "../contract.js";

/**
 * What is asked of a ranker and what it answers: plain data, the same in the library, over HTTP (as JSON) and in the client. Nothing here needs
 * Node.
 */
/** Whose wants are asked for: a person that the store knows, or a history that the question carries, or both (the latter is then read). */
export interface Person {
  /** Known to the store, to the run, to both or to nobody: each is fine. */
  user?: string;
  /** Past events, in any order. Default: those in the store; without a user, none. */
  history?: readonly HistoryStep[];
  /** Seconds since 1970 (UTC), or a position. Default: see `RankerOptions.clock`. */
  time?: number;
  context?: Readonly<Record<string, FeatureValue>>;
}

export interface RankQuestion extends Person {
  /** 1 to 10,000 ids. The same id twice gets two results. */
  candidates: readonly string[];
  /** Whether every result says why: at most 20 candidates. Default false. */
  explain?: boolean;
}

/** What one field must be: a value, one of some values, a range (numbers), or anything but. */
export type Condition =
  | string
  | number
  | readonly (string | number)[]
  | { min?: number; max?: number }
  | { not: string | readonly string[] };

/**
 * Conditions on modalities of the catalogue that are categories or numbers (and on `id`); all must hold. An item that lacks the modality
 * fails every condition but `not`. Several values of one item: one that fits is enough, and one that `not` names is too many.
 *
 * @example { genre: "Drama", price: { max: 20 }, brand: { not: ["acme"] } }
 */
export type Filters = Readonly<Record<string, Condition>>;

export interface RecommendQuestion extends Person {
  /** How many; default 10, at most 100. Fewer come where fewer fit. */
  k?: number;
  /** Items that shall not be shown, beside those of the history. */
  exclude?: readonly string[];
  /** Whether items of the history may be shown again; default false. */
  includeSeen?: boolean;
  filters?: Filters;
  /** 0 (default): best first; up to 1: each result is also unlike those before it (maximal marginal relevance). */
  diversity?: number;
  /** At most so many results that share a value of this category. */
  cap?: { modality: string; most: number };
  /** Whether every result says why: k at most 20. Default false. */
  explain?: boolean;
}

/** Where a candidate came from: the first of these that named it; "request" for those of `rank`. */
export type CandidateSource = "similar" | "co-visited" | "popular" | "new" | "request";

export interface RankerResult extends RankedItem {
  /** Null where the catalogue has none. */
  title: string | null;
  source: CandidateSource;
  /** One plain sentence: "because of Heat, which you liked". Null for `rank`, unless it explains. */
  reason: string | null;
  /** Present where it was asked for. */
  explanation?: Explanation;
}

/** What a step of the history did to the logit of one candidate. */
export interface StepExplanation {
  item: string;
  title: string | null;
  time: number | null;
  label: 0 | 1 | null;
  /** Weight per attention head, in the order of `heads`; empty for a model without attention. */
  weights: number[];
  /** logit - logit without this step, everything else as it is, exactly: a positive number speaks for the candidate. */
  change: number;
  /** Its share of `historyChange`: those of all steps add up to it. */
  contribution: number;
}

/** Why one candidate got its logit. */
export interface Explanation {
  /** One entry a history step that the model read, oldest first. */
  history: StepExplanation[];
  heads: string[];
  /** Share of each modality of the candidate; they add up to 1. Null for a model without gates. */
  gates: Record<string, number> | null;
  /** By modality with frozen vectors: the item of the history whose vector has the largest cosine with the candidate's. */
  nearest: Record<string, { item: string; title: string | null; cosine: number }>;
  /** logit - logit with an empty history (statistics as they are), exactly. */
  historyChange: number;
  /** One plain sentence. */
  summary: string;
}

export interface RankerAnswer {
  /** Best first; those of equal logit keep the order of the question. */
  results: RankerResult[];
  /** Ids of the question, candidates and history, that the model has no row for: they count as an item of which nothing is known. */
  unknown: string[];
  /** Said where the answer is less than it could be: "the store does not answer: only what the request carries was used". */
  warnings: string[];
  model: { run: string; name: string; created: string };
  /** Milliseconds by stage: state (the store), queue, candidates, score, explain, total. */
  spent: Record<string, number>;
}

/** How the model comes to know an item. */
export type ItemOrigin =
  /** Has events in the training slice. */
  | "trained"
  /** In the catalogue of the run, without an event in the training slice. */
  | "catalogue"
  /** Put into this server (`putItem`). */
  | "added";

/** An item as people and filters see it. */
export interface CatalogueItem {
  id: string;
  title: string | null;
  /** Whether it has a picture that can be shown. */
  picture: boolean;
  origin: ItemOrigin;
  /** Values of categories by modality. */
  categories: Record<string, string[]>;
  /** Numbers by modality, null where missing. */
  numbers: Record<string, number | null>;
  /** Events and positives after the last event that is known: those of the log and those in the store. */
  counters: Counters;
}

/** What somebody puts: the fields that dataset.yaml reads, and pictures as bytes. */
export interface NewItem {
  id: string;
  /** As one line of the source of items, without the id's field. */
  record: Readonly<Record<string, unknown>>;
  /** By the field of the record that names the picture's path: JPEG, PNG, WebP, GIF, AVIF or TIFF, at most 8 MiB each. */
  pictures?: Readonly<Record<string, Uint8Array>>;
}

export interface PutSummary {
  item: CatalogueItem;
  /** False where it replaced one. */
  created: boolean;
  /** Modalities that the model now sees of it. */
  modalities: string[];
  /** Fields that nothing reads. */
  ignored: string[];
}

export interface FindItems {
  /** Words that the title or id contains, any case and accents. */
  search?: string;
  filters?: Filters;
  /** Default 0. */
  offset?: number;
  /** Default 50, at most 200. */
  limit?: number;
}

export interface FoundItems {
  /** Most events first; with `search`, those whose title begins with it before others. */
  items: CatalogueItem[];
  total: number;
}

export interface UserHistory {
  user: string;
  /** Oldest first. */
  history: HistoryStep[];
  counters: Counters;
}

/** What is asked and what is served. */
export interface ModelSummary {
  /** The run folder. */
  run: string;
  /** Of the model, "mmdin". */
  name: string;
  created: string;
  parameters: number;
  dataset: { name: string; hash: string };
  items: { count: number; trained: number; added: number };
  users: number;
  modalities: { name: string; kind: "id" | "category" | "number" | "vector"; dimension?: number; values?: string[] }[];
  /** What a step of the history may carry, and what is known of the moment. */
  features: { name: string; kind: "category" | "number"; values?: string[] }[];
  context: { name: string; kind: "category" | "number"; values?: string[] }[];
  /** Steps that the model reads, at most. */
  historyLength: number;
  /** Seconds since 1970, or positions. */
  clock: "time" | "order";
  label: "explicit" | "implicit";
  /** Of the last event of the log. */
  lastTime: number;
  /** Attention heads, in the order of the weights of explanations. */
  heads: string[];
  /** Modalities with gates; empty without. */
  gates: string[];
}

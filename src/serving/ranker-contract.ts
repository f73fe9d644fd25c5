import type { FeatureValue, HistoryStep, RankedItem } from "../contract.js";

/** Whose wants are asked for: a person that the store knows, or a history that the request carries, or both (the latter is then taken). */
export interface Person {
  userId?: string;
  /** Past events, in any order. Default: those in the store; without a userId, none. */
  history?: readonly HistoryStep[];
  /** Seconds since 1970 (UTC). Default: now, or just after the last event that is known, where that is later. */
  time?: number;
  context?: Readonly<Record<string, FeatureValue>>;
}

/** Limits of one question. */
export interface AskOptions {
  /** Milliseconds after which the answer is no longer wanted; default 1000. */
  deadline?: number;
  signal?: AbortSignal;
}

export interface RankQuestion extends Person {
  candidates: readonly string[];
  /** Whether every result says why; costs one more run a candidate and history step: at most 20 candidates. Default false. */
  explain?: boolean;
}

/** A condition on the catalogue: all of the named fields must hold. `genre: "Drama"`, `genre: ["Drama", "War"]` (any of), `price: { max: 20 }`. */
export type Filters = Readonly<
  Record<
    string,
    | string
    | number
    | readonly (string | number)[]
    | { min?: number; max?: number }
    | { not: string | readonly string[] }
  >
>;

export interface RecommendQuestion extends Person {
  /** How many; default 10, at most 100. */
  k?: number;
  /** Items that shall not be shown, beside those of the history (see `includeSeen`). */
  exclude?: readonly string[];
  includeSeen?: boolean;
  filters?: Filters;
  /** 0 (default): best first; up to 1: each result is also unlike those before it (maximal marginal relevance). */
  diversity?: number;
  /** At most so many results that share a value of this category. */
  cap?: { modality: string; most: number };
  explain?: boolean;
}

/** Where a candidate came from. */
export type CandidateSource = "similar" | "co-visited" | "popular" | "new" | "request";

export interface RankerResult extends RankedItem {
  /** One plain sentence: "like Heat, which you liked". */
  reason?: string;
  source: CandidateSource;
  explanation?: Explanation;
}

/** Why one candidate got its logit. */
export interface Explanation {
  /** One entry a history step that the model read, newest last. */
  history: {
    item: string;
    /** Weight per attention head; empty for a model without attention. */
    weights: number[];
    /** logit - logit without this step, exactly: a positive number speaks for the candidate. */
    change: number;
  }[];
  heads: string[];
  /** Share of each modality of the candidate; they add up to 1. Null for a model without gates. */
  gates: Record<string, number> | null;
  /** Largest cosine between the candidate's frozen vector of a modality and those of the history, with the item that has it. */
  nearest: Record<string, { item: string; cosine: number }>;
  /** logit - logit with an empty history, exactly. */
  historyChange: number;
}

export interface RankerAnswer {
  results: RankerResult[];
  /** Candidates and history items that the model has no row for. */
  unknown: string[];
  /** Said where the answer is less than it could be: "the store does not answer: only what the request carries was used". */
  warnings: string[];
  model: { run: string; name: string; created: string };
  /** Milliseconds by stage: state, candidates, queue, score. */
  spent: Record<string, number>;
}

/**
 * The types that go in and come out: what happened (Event), what there is to rank (Item), the question (RankRequest)
 * and the answer (RankResponse). Ids are strings everywhere inside; where a request is read from JSON, numbers are
 * accepted as ids and become strings (`src/config/request.ts`).
 */

/** A value of a feature or modality: several for a category with many values, null (or absent) where it is missing. */
export type FeatureValue = string | number | boolean | readonly string[] | null;

/** What a user did, once. */
export interface Event {
  user: string;
  item: string;
  /** Seconds since 1970 (UTC), or the position in the user's order where no clock exists. */
  time: number;
  /** 1 the user wanted it, 0 not; always 1 where labels are implicit. */
  label: 0 | 1;
  /** What a history step knows of the event, by the names of `events.features` in dataset.yaml. */
  features?: Readonly<Record<string, FeatureValue>>;
  /** What is known at the moment of asking, by the names of `context.features` in dataset.yaml. */
  context?: Readonly<Record<string, FeatureValue>>;
}

/** Something that can be ranked: its id and what is known of it, by the names of `items.modalities` in dataset.yaml. */
export interface Item {
  id: string;
  modalities: Readonly<Record<string, FeatureValue | Float32Array | readonly number[]>>;
}

/** A past event of the person who asks. */
export interface HistoryStep {
  item: string;
  /** As in Event; a step without it is as old as the steps whose age is not known (a learned value). */
  time?: number;
  /** As in Event; a step without it does not count in the user's statistics, and is liked to a model of liked events. */
  label?: 0 | 1;
  features?: Readonly<Record<string, FeatureValue>>;
}

/** Running counters of one user or one item: what happened strictly before the request. */
export interface Counters {
  /** Number of events. */
  count: number;
  /** Events with label 1. */
  positives: number;
  /** Sum and number of the non-missing values of each number column averaged, by column: `mean(rating)` reads `rating`. */
  means?: Readonly<Record<string, { count: number; sum: number }>>;
}

/**
 * How likely does this person want each of these items now?
 *
 * @example
 * const request: RankRequest = {
 *   history: [{ item: "1", label: 1, features: { rating: "4.5" } }, { item: "47" }],
 *   candidates: ["50", "260"],
 * };
 */
export interface RankRequest {
  /** Known users can have a row of their own (`users.embed`); an unknown or absent one shares a trained row. */
  user?: string;
  /** Seconds since 1970 (UTC), or a position. Default: just after the last event of the log that the run was trained on. */
  time?: number;
  /** By the names of `context.features`; what is absent counts as missing. */
  context?: Readonly<Record<string, FeatureValue>>;
  /** Past events, in any order; those without a time are taken in the order given. Empty is allowed. */
  history: readonly HistoryStep[];
  /** Ids of the items to rank; at least one. An id that the run does not know is scored as the unknown item. */
  candidates: readonly string[];
  /**
   * Counters that replace those of the run, so that a request can be asked as of an earlier time: the user's (default:
   * counted over the labels in `history`, else the prior), and those of single items (default: the snapshot saved in
   * the run, taken after the last event of the log).
   */
  statistics?: {
    user?: Counters;
    items?: Readonly<Record<string, Counters>>;
  };
}

/**
 * One candidate of a response. `logit` is calibrated by what the run has in its manifest, corrected for negatives that its dataset left
 * out; `probability` = 1 / (1 + exp(-logit)).
 */
export interface RankedItem {
  item: string;
  probability: number;
  logit: number;
}

/** Every candidate, best first; candidates of equal logit keep the order of the request. */
export type RankResponse = RankedItem[];

/** How far a long piece of work has come. */
export interface ProgressUpdate {
  /** What is being done, in two or three words: "reading events", "epoch 3 of 20". A new phase starts a new bar. */
  phase: string;
  /** Units done so far in this phase. */
  done: number;
  /** Units in the whole phase, where that is known. */
  total?: number;
  /** What is counted: "rows", "events". */
  unit?: string;
  /** Numbers to show beside the bar: { loss: 0.61 }. */
  values?: Readonly<Record<string, number>>;
}

/** Called often and cheap to call; who draws it decides how often to draw. */
export type Progress = (update: ProgressUpdate) => void;

import type { ModalityConfig } from "../config/dataset-config.js";
import type { EncodedBy } from "../modality/encoder.js";

/**
 * The prepared dataset as it lies in memory: typed arrays over SharedArrayBuffers, so that worker threads read the same
 * bytes. Every value here is plain data and can be posted to a worker as it is; ids (strings) are loaded apart.
 */
export type Split = "train" | "valid" | "test";
export const SPLITS: readonly Split[] = ["train", "valid", "test"];

/** Reserved codes of every category feature; its vocabulary's values start at 2. */
export const MISSING_CODE = 0;
export const UNKNOWN_CODE = 1;
export const FIRST_VALUE_CODE = 2;

/** Items and users: index 0 is the unknown one. Indices 1..trained have an event in the training slice. */
export const UNKNOWN_INDEX = 0;

export type CodeArray = Uint8Array | Uint16Array | Int32Array;

/** Normalisation fitted on training: x' = (f(x) - mean) / std with f = log1p where `log`, else the identity. */
export interface Normaliser {
  log: boolean;
  mean: number;
  std: number;
}

/** A feature of an event, a context or a user: a category (codes) or a number (NaN is missing). */
export type FeatureSchema =
  | { name: string; kind: "category"; vocabulary: string[] }
  | { name: string; kind: "number"; normaliser: Normaliser };

export type FeatureColumn =
  | { kind: "category"; codes: CodeArray } // MISSING_CODE, UNKNOWN_CODE, or FIRST_VALUE_CODE + index in the vocabulary
  | { kind: "number"; values: Float32Array }; // raw, not normalised

/** A modality of the items, other than `id`. Arrays have one entry per item, the unknown item at 0 included. */
export type ModalityColumn =
  | {
      name: string;
      kind: "category";
      multiple: boolean;
      vocabulary: string[];
      /** Codes of item i: codes[offsets[i] .. offsets[i+1]); none means missing. */
      offsets: Int32Array; // [items + 1]
      codes: Int32Array;
    }
  | { name: string; kind: "number"; normaliser: Normaliser; values: Float32Array } // raw, NaN is missing
  | {
      name: string;
      kind: "vector";
      dimension: number;
      /** Row of `values` that holds item i, or -1 where it is missing. */
      row: Int32Array; // [items]
      values: Float32Array; // [present items * dimension]
      /** Who made the vectors of a text or an image; absent where they came as vectors. */
      encoder?: EncodedBy;
    };

/** One running statistic, as dataset.yaml names it: count, rate, or mean(column). */
export interface StatisticSchema {
  /** "count", "rate" or "mean(rating)". */
  name: string;
  kind: "count" | "rate" | "mean";
  /** The column averaged, for kind "mean". */
  column?: string;
  /** Mean over the training slice that the value is smoothed towards (label rate, or mean of the column); 0 for count. */
  priorMean: number;
  /** Standardisation, fitted on training rows: (value - mean) / std. */
  mean: number;
  std: number;
}

export interface StatisticsSchema {
  user: StatisticSchema[];
  item: StatisticSchema[];
  /** Number of pseudo-events of the prior. */
  prior: number;
}

/** Running counters per item or user: what a server keeps live. sums[c] and counts[c] skip events whose column is null. */
export interface CounterColumns {
  count: Uint32Array;
  positives: Uint32Array;
  means: Record<string, { count: Uint32Array; sum: Float64Array }>;
}

/** How dataset.yaml reads an item: SQL expressions over columns of known types. */
export interface ItemSource {
  columns: { name: string; type: string }[];
  id: string;
  title: string | null;
  picture: string | null;
  modalities: Record<string, ModalityConfig>;
  /** Modalities whose vectors lay in files of their own. */
  fromFiles: string[];
}

/** What people see of the items: titles, and paths of pictures below the root. "" where there is none. */
export interface ItemTexts {
  titles: string[]; // [items]
  pictures: string[]; // [items]
}

/** What a run needs of the dataset in order to score: copied into every run folder. */
export interface Catalogue {
  directory: string;
  items: { count: number; trained: number };
  users: { count: number; trained: number; embed: boolean };
  modalities: ModalityColumn[];
  /** How items are read from their source, so that new ones can be; null where dataset.yaml names no table of items. */
  itemSource: ItemSource | null;
  userFeatures: { schema: FeatureSchema[]; columns: FeatureColumn[] };
  eventFeatures: FeatureSchema[];
  context: FeatureSchema[];
  statistics: StatisticsSchema;
  /** Counters of every item after the last event of the log. */
  itemCounters: CounterColumns;
  history: { length: number /** "time": ages are seconds; "order": ages are ranks. */; clock: "time" | "order" };
  label: "explicit" | "implicit";
  /** Share of the rows of label 0 that training and validation kept (`negatives.keep`); 1 where none was dropped. */
  negativesKept: number;
  /** Time of the last event of the log, in seconds (or the last position). */
  lastTime: number;
}

/** All logged events, sorted by (user, time, item); events of user u are [userStart[u], userStart[u + 1]). */
export interface EventColumns {
  count: number;
  userStart: Int32Array; // [users + 1]
  item: Int32Array;
  /** Seconds since 1970 (UTC), or the position where only an order exists. */
  time: Float64Array;
  /** 1 or 0; all 1 where labels are implicit. */
  label: Uint8Array;
  features: FeatureColumn[]; // in the order of catalogue.eventFeatures
  context: FeatureColumn[]; // in the order of catalogue.context
  /** Event indices that make history, in event order; null where every event does (`history.of` is always true). */
  history: Int32Array | null;
  /** History of user u starts at historyStart[u] (a position in `history`, or an event index where that is null). */
  historyStart: Int32Array; // [users + 1]
  /** For event e, the end (exclusive, a position as above) of its user's history strictly earlier than e. */
  historyEnd: Int32Array; // [events]
  /** Values before standardisation: log1p(count), logit(smoothed rate), smoothed mean - priorMean. */
  userStatistics: Float32Array; // [events * statistics.user.length]
}

/** The rows of one split. A synthetic negative names its positive's event: time, history, context, user are shared. */
export interface RowColumns {
  count: number;
  event: Int32Array;
  item: Int32Array;
  label: Uint8Array;
  itemStatistics: Float32Array; // [rows * statistics.item.length], as of the event's time, values as above
}

/** Fixed candidates for ranking: row r ranks candidates [r * width, (r + 1) * width); the first one is the positive. */
export interface RankingColumns {
  count: number;
  width: number;
  event: Int32Array;
  item: Int32Array;
  itemStatistics: Float32Array;
}

export interface Dataset {
  directory: string;
  manifest: DatasetManifest;
  catalogue: Catalogue;
  events: EventColumns;
  rows: Record<Split, RowColumns>;
  /** Present where labels are implicit and the split is leave-last. */
  ranking: Partial<Record<Split, RankingColumns>>;
}

export interface DatasetManifest {
  format: "mmdin-dataset";
  version: number;
  name: string;
  /** The folder that the sources were read from, absolute. */
  root: string;
  created: string;
  mmdin: string;
  /** sha256 over the hashes of the files, the dataset's identity. */
  hash: string;
  files: Record<string, { bytes: number; sha256: string }>;
  /** Who made the vectors of each text and image, by modality. */
  encoders: Record<string, EncodedBy>;
  /** The configuration as read, defaults filled in. */
  config: unknown;
  summary: unknown;
}

/** Who made the vectors of each text and image, by modality. */
export function encodersOf({ modalities }: Pick<Catalogue, "modalities">): Record<string, EncodedBy> {
  return Object.fromEntries(
    modalities.flatMap((column) =>
      column.kind === "vector" && column.encoder ? [[column.name, column.encoder] as const] : [],
    ),
  );
}

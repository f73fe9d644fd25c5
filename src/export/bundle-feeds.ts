import type { Counters, FeatureValue, HistoryStep, RankedItem, RankRequest } from "../contract.js";

/**
 * Turns requests into what `model.onnx` of a bundle is fed. No imports at run time, nothing of Node: the same file runs in the
 * browser, and every bundle carries it as `request.mjs`. `request.py` is the same in Python.
 */

/** One input of model.onnx. Letters: B people, T history steps, N candidates. */
export interface BundleInput {
  name: string;
  type: "int32" | "float32" | "float64";
  shape: readonly (string | number)[];
  holds:
    | "candidates"
    | "history"
    | "historyTime"
    | "time"
    | "historyFeature"
    | "contextFeature"
    | "user"
    | "userCounters"
    | "itemCounters";
  /** The name of the feature in a request, where it holds one, and what it is. */
  feature?: string;
  kind?: "category" | "number";
}

/** What `encoding.json` of a bundle says: how a request becomes numbers. */
export interface BundleEncoding {
  format: "mmdin-encoding";
  version: 1;
  inputs: readonly BundleInput[];
  history: {
    /** So many steps are read, the most recent ones. */
    length: number;
    /** "time": times are seconds; "order": they are positions. */
    clock: "time" | "order";
    /** "positives": steps whose label is 0 are not read. */
    read: "all" | "positives";
  };
  /** "implicit": every step counts as wanted. */
  label: "explicit" | "implicit";
  /** Time of the last event that the run knows. */
  lastTime: number;
  /** Columns whose means are statistics: counters hold the number and the sum of their values, in this order. */
  averaged: { user: readonly string[]; item: readonly string[] };
}

/** What `vocabulary.json` of a bundle says: ids and values in the order of their numbers. */
export interface BundleVocabulary {
  format: "mmdin-vocabulary";
  version: 1;
  /** The id of each item index; index 0 is the unknown item, and "". */
  items: readonly string[];
  /** The same of people; empty where the model reads none. */
  users: readonly string[];
  /** Values of the category features; the first one is code 2: 0 is missing, 1 a value that training has not seen. */
  history: Readonly<Record<string, readonly string[]>>;
  context: Readonly<Record<string, readonly string[]>>;
}

/** An array as a session takes it: `new Tensor(type, data, dims)`. */
export interface Feed {
  type: BundleInput["type"];
  data: Int32Array | Float32Array | Float64Array;
  dims: number[];
}

/** A request, or one as JSON holds it: numbers for ids, text for times. */
export interface LooseRequest extends Omit<RankRequest, "user" | "time" | "history" | "candidates"> {
  user?: string | number;
  time?: string | number;
  history: readonly LooseStep[];
  candidates: readonly (string | number)[];
}
export interface LooseStep extends Omit<HistoryStep, "item" | "time" | "label"> {
  item: string | number;
  time?: string | number;
  label?: 0 | 1 | boolean;
}

const MISSING = 0;
const UNKNOWN = 1;
const FIRST_VALUE = 2;

/** Reads requests for one bundle. */
export class RequestEncoder {
  readonly encoding: BundleEncoding;
  readonly #items: Map<string, number>;
  readonly #users: Map<string, number>;
  readonly #codes: Record<"history" | "context", Map<string, Map<string, number>>>;

  constructor(encoding: BundleEncoding, vocabulary: BundleVocabulary) {
    for (const [{ format, version }, expected] of [
      [encoding, "mmdin-encoding"] as const,
      [vocabulary, "mmdin-vocabulary"] as const,
    ])
      if (format !== expected || version !== 1)
        throw new Error(
          `not a part of this bundle: expected ${expected}, version 1, got ${format}, version ${version}`,
        );
    this.encoding = encoding;
    this.#items = placesOf(vocabulary.items, 0);
    this.#users = placesOf(vocabulary.users, 0);
    const codes = (features: BundleVocabulary["history"]): Map<string, Map<string, number>> =>
      new Map(Object.entries(features).map(([name, values]) => [name, placesOf(values, FIRST_VALUE)]));
    this.#codes = { history: codes(vocabulary.history), context: codes(vocabulary.context) };
  }

  /** What the session is fed for one request, or for several at once: shorter histories and lists of candidates are filled up. */
  feeds(given: LooseRequest | readonly LooseRequest[]): Record<string, Feed> {
    const requests = (Array.isArray(given) ? given : [given]).map((request) => this.#read(request));
    const B = requests.length;
    const T = requests.reduce((most, { steps }) => Math.max(most, steps.length), 1);
    const N = requests.reduce((most, { candidates }) => Math.max(most, candidates.length), 1);
    const size = (dim: string | number): number => (typeof dim === "number" ? dim : ({ B, T, N }[dim] ?? 0));
    const feeds: Record<string, Feed> = {};
    for (const input of this.encoding.inputs) {
      const dims = input.shape.map(size);
      const row = dims.slice(1).reduce((product, dim) => product * dim, 1);
      const data = emptyArray(input.type, B * row);
      requests.forEach((request, b) => {
        data.set(this.#valuesOf(input, request), b * row);
        this.#fillUp(input, data.subarray(b * row, (b + 1) * row), request);
      });
      feeds[input.name] = { type: input.type, data, dims };
    }
    return feeds;
  }

  /** The values of one request, without what fills it up. */
  #valuesOf({ holds, feature = "", kind }: BundleInput, request: ReadRequest): number[] {
    const { steps, candidates, given, now } = request;
    switch (holds) {
      case "candidates":
        return candidates.map((id) => this.#items.get(id) ?? 0);
      case "history":
        return steps.map(({ item }) => this.#items.get(item) ?? 0);
      case "historyTime":
        return steps.map(({ time }) => time ?? Number.NaN);
      case "time":
        return [now];
      case "historyFeature":
        return steps.map(({ features }) => this.#feature("history", { feature, kind, value: features?.[feature] }));
      case "contextFeature":
        return [this.#feature("context", { feature, kind, value: given.context?.[feature] })];
      case "user":
        return [given.user === undefined ? 0 : (this.#users.get(textOf(given.user)) ?? 0)];
      case "userCounters":
        return countersOf(given.statistics?.user ?? request.counted, this.encoding.averaged.user);
      case "itemCounters":
        return candidates.flatMap((id) => countersOf(given.statistics?.items?.[id], this.encoding.averaged.item));
    }
  }

  /** What stands behind the last step and the last candidate: the history's index -1 is no step, all else is not looked at. */
  #fillUp({ holds, kind }: BundleInput, row: Feed["data"], { steps }: ReadRequest): void {
    if (holds === "history") row.fill(-1, steps.length);
    if (holds === "historyTime" || (holds === "historyFeature" && kind === "number"))
      row.fill(Number.NaN, steps.length);
  }

  #feature(
    of: "history" | "context",
    { feature, kind, value }: { feature: string; kind: BundleInput["kind"]; value: FeatureValue | undefined },
  ): number {
    if (kind === "number") return numberOf(value, { dates: true });
    if (value === null || value === undefined || value === "") return MISSING;
    return this.#codes[of].get(feature)?.get(String(value)) ?? UNKNOWN;
  }

  /** Puts a request in order: ids as text, times as seconds, steps before the moment of asking, oldest first, the last ones. */
  #read(given: LooseRequest): ReadRequest {
    const { history, label, lastTime } = this.encoding;
    const all: Step[] = given.history.map((step) => {
      const { item, time, label, features } = step;
      return {
        item: textOf(item),
        ...(time !== undefined && { time: secondsOf(time) }),
        ...(label !== undefined && { label: Number(label) }),
        ...(features && { features }),
      };
    });
    if (all.every(({ time }) => time !== undefined))
      all.sort((a, b) => a.time! - b.time! || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
    const latest = all.reduce((most, { time }) => Math.max(most, time ?? most), lastTime);
    const now = given.time === undefined ? latest + 1 : secondsOf(given.time);
    const earlier = all.filter(({ time }) => time === undefined || time < now);
    const read = history.read === "all" ? earlier : earlier.filter(({ label }) => (label ?? 1) === 1);
    return {
      given,
      now,
      candidates: given.candidates.map(textOf),
      steps: read.slice(Math.max(0, read.length - history.length)),
      counted: countSteps(earlier, { averaged: this.encoding.averaged.user, implicit: label === "implicit" }),
    };
  }
}

/** A request's candidates with what the model says of them, the best first; `b` is its place among several. */
export function ranked(
  { candidates }: LooseRequest,
  { logit, probability }: Record<"logit" | "probability", { data: ArrayLike<number>; dims: readonly number[] }>,
  { b = 0 }: { b?: number } = {},
): RankedItem[] {
  const first = b * (logit.dims[1] ?? 0);
  return candidates
    .map((item, n) => ({
      item: textOf(item),
      probability: probability.data[first + n] ?? Number.NaN,
      logit: logit.data[first + n] ?? Number.NaN,
    }))
    .sort((a, b) => b.logit - a.logit);
}

interface Step {
  item: string;
  time?: number;
  label?: number;
  features?: Readonly<Record<string, FeatureValue>>;
}

interface ReadRequest {
  given: LooseRequest;
  now: number;
  candidates: string[];
  /** The steps that are read, oldest first. */
  steps: Step[];
  /** The person's counters as their history tells them. */
  counted: Counters;
}

function placesOf(texts: readonly string[], first: number): Map<string, number> {
  const places = new Map<string, number>();
  texts.forEach((text, place) => {
    if (first > 0 || place > 0) places.set(text, place + first); // "" at index 0 is nobody's id
  });
  return places;
}

function emptyArray(type: BundleInput["type"], length: number): Feed["data"] {
  if (type === "int32") return new Int32Array(length);
  return type === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/** Counters of a person over all earlier steps that carry a label. */
function countSteps(
  steps: readonly Step[],
  { averaged, implicit }: { averaged: readonly string[]; implicit: boolean },
): Counters {
  let count = 0;
  let positives = 0;
  const means = Object.fromEntries(averaged.map((name) => [name, { count: 0, sum: 0 }]));
  for (const { label, features } of steps) {
    const own = implicit ? 1 : label;
    if (own === undefined) continue;
    count += 1;
    positives += own;
    for (const name of averaged) {
      const value = numberOf(features?.[name]);
      if (Number.isNaN(value)) continue;
      means[name]!.count += 1;
      means[name]!.sum += value;
    }
  }
  return { count, positives, means };
}

/** [count, positives, number and sum of each averaged column]; -1 where no counters are given: the model then takes its own. */
function countersOf(counters: Counters | undefined, averaged: readonly string[]): number[] {
  if (counters === undefined) return new Array<number>(2 + 2 * averaged.length).fill(-1);
  const means = averaged.flatMap((name) => [counters.means?.[name]?.count ?? 0, counters.means?.[name]?.sum ?? 0]);
  return [counters.count, counters.positives, ...means];
}

const textOf = (id: string | number): string => String(id);

/** Seconds since 1970 (UTC): numbers of 1e11 and more are milliseconds, text is ISO 8601, in UTC where it names no zone. */
function secondsOf(time: string | number): number {
  if (typeof time === "number") return time >= 1e11 ? time / 1000 : time;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(time) || !time.includes(":") ? time : `${time}Z`;
  const milliseconds = Date.parse(zoned);
  if (Number.isNaN(milliseconds))
    throw new Error(`not a time: expected seconds, milliseconds or ISO 8601, got ${time}`);
  return milliseconds / 1000;
}

/** A feature as a number, NaN where it is missing or none; with `dates`, a date is its seconds since 1970. */
function numberOf(value: FeatureValue | undefined, { dates = false }: { dates?: boolean } = {}): number {
  if (value === null || value === undefined || value === "") return Number.NaN;
  const plain = Number(value);
  if (!dates) return plain;
  const number = Number.isNaN(plain) && typeof value === "string" ? dateOf(value) : plain;
  return Number.isFinite(number) ? number : Number.NaN;
}

function dateOf(text: string): number {
  const iso = text.trim().replace(" ", "T");
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(iso) || !iso.includes("T") ? iso : `${iso}Z`;
  return /^\d{4}-\d\d/.test(iso) ? Date.parse(zoned) / 1000 : Number.NaN;
}

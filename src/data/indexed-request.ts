import type { Counters, FeatureValue, HistoryStep, RankRequest } from "../contract.js";
import { type Catalogue, type CounterColumns, UNKNOWN_INDEX } from "./columns.js";
import type { HistoryEvents } from "./positive-history.js";
import { addEvent, emptyCounters } from "./statistics.js";

/** Finds catalogue indices by id; what it does not know is UNKNOWN_INDEX. */
export interface RequestIds {
  items: { indexOf(id: string): number };
  users: { indexOf(id: string): number };
}

/** A step of a history, its item by index. */
export interface IndexedStep {
  item: number;
  /** NaN where it is not known. */
  time: number;
  label: 0 | 1;
  features: Readonly<Record<string, FeatureValue>>;
}

/**
 * A request with indices of the catalogue in place of ids, the steps that the model reads in place of the whole history, and counters in
 * place of what they are counted from. Plain data, small whatever the history: what crosses to the thread that scores.
 */
export interface IndexedRequest {
  user: number;
  /** Seconds since 1970, or a position: after every step. */
  time: number;
  context: Readonly<Record<string, FeatureValue>>;
  /** Oldest first, `history.length` of the catalogue at most. */
  history: IndexedStep[];
  candidates: Int32Array;
  userCounters: Counters;
  /** By candidate; null: those that the catalogue has. */
  itemCounters: CounterColumns | null;
}

export interface IndexRequestOptions {
  catalogue: Catalogue;
  ids: RequestIds;
  /** The steps that the model reads; the counters are those of all. Default "all". */
  history?: HistoryEvents;
  /** By candidate: what has been counted since the catalogue's counters were saved, and is added to them. Default: nothing. */
  counted?: readonly (Counters | null)[];
}

/**
 * Steps at or after the request's time are left out, as `prepare` leaves them out. Ids that the catalogue does not know become the
 * unknown item, whose row training has trained.
 */
export function indexRequest(
  request: RankRequest,
  { catalogue, ids, history: read = "all", counted }: IndexRequestOptions,
): IndexedRequest {
  const steps = orderedHistory(request);
  const time = request.time ?? lastTimeOf(steps, catalogue) + 1;
  const earlier = steps.filter((step) => step.time === undefined || step.time < time);
  const candidates = Int32Array.from(request.candidates, (id) => ids.items.indexOf(id));
  return {
    user: request.user === undefined ? UNKNOWN_INDEX : ids.users.indexOf(request.user),
    time,
    context: request.context ?? {},
    history: stepsRead(earlier, { read, length: catalogue.history.length }).map((step) => ({
      item: ids.items.indexOf(step.item),
      time: step.time ?? Number.NaN,
      label: labelOf(step),
      features: step.features ?? {},
    })),
    candidates,
    userCounters: request.statistics?.user ?? countHistory(earlier, catalogue),
    itemCounters: countersOfCandidates(request, { catalogue, candidates, counted }),
  };
}

/** Time of the last event that is known: of the log, or of these steps. */
export function lastTimeOf(steps: readonly HistoryStep[], { lastTime }: Pick<Catalogue, "lastTime">): number {
  return steps.reduce((latest, { time }) => Math.max(latest, time ?? Number.NEGATIVE_INFINITY), lastTime);
}

/** Oldest first: by (time, item id) where every step has a time, else as given. */
export function orderedHistory({ history }: Pick<RankRequest, "history">): HistoryStep[] {
  const steps = [...history];
  if (steps.some(({ time }) => time === undefined)) return steps;
  return steps.sort((a, b) => a.time! - b.time! || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
}

/** A step without a label counts as liked where only positives are read: a bare list of ids names what somebody liked. */
const labelOf = ({ label }: HistoryStep): 0 | 1 => label ?? 1;

/** The last steps, those that the model reads alone. */
function stepsRead(
  steps: readonly HistoryStep[],
  { read, length }: { read: HistoryEvents; length: number },
): readonly HistoryStep[] {
  if (length === 0) return [];
  const own = read === "positives" ? steps.filter((step) => labelOf(step) === 1) : steps;
  return own.slice(-length);
}

/** The user's counters over the steps that carry a label; where labels are implicit, over all steps. */
export function countHistory(history: readonly HistoryStep[], { label, statistics }: Catalogue): Counters {
  const columns = statistics.user.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const counters = emptyCounters(1, columns);
  for (const step of history) {
    const own = label === "implicit" ? 1 : step.label;
    if (own === undefined) continue;
    const values = Object.fromEntries(columns.map((name) => [name, numberOf(step.features?.[name])]));
    addEvent(counters, 0, { label: own, values });
  }
  const means = Object.entries(counters.means).map(
    ([name, mean]) => [name, { count: mean.count[0]!, sum: mean.sum[0]! }] as const,
  );
  return { count: counters.count[0]!, positives: counters.positives[0]!, means: Object.fromEntries(means) };
}

/** The counters of each candidate where some are not those of the catalogue; null where all are. */
function countersOfCandidates(
  { candidates: names, statistics }: RankRequest,
  { catalogue, candidates, counted }: Pick<IndexRequestOptions, "catalogue" | "counted"> & { candidates: Int32Array },
): CounterColumns | null {
  const given = statistics?.items;
  if (given === undefined && !counted?.some((counters) => counters !== null)) return null;
  const { count, positives, means } = catalogue.itemCounters;
  const columns = Object.keys(means);
  const own = emptyCounters(names.length, columns);
  const add = (row: number, counters: Counters): void => {
    own.count[row]! += counters.count;
    own.positives[row]! += counters.positives;
    for (const name of columns) {
      const mean = counters.means?.[name];
      own.means[name]!.count[row]! += mean?.count ?? 0;
      own.means[name]!.sum[row]! += mean?.sum ?? 0;
    }
  };
  for (const [row, index] of candidates.entries()) {
    const id = names[row]!;
    if (given !== undefined && Object.hasOwn(given, id)) {
      add(row, given[id]!);
      continue;
    }
    own.count[row] = count[index] ?? 0;
    own.positives[row] = positives[index] ?? 0;
    for (const name of columns) {
      own.means[name]!.count[row] = means[name]!.count[index] ?? 0;
      own.means[name]!.sum[row] = means[name]!.sum[index] ?? 0;
    }
    const since = counted?.[row];
    // Of an item that the catalogue does not know nothing is known, whatever was counted.
    if (since && index !== UNKNOWN_INDEX) add(row, since);
  }
  return own;
}

/** A feature as a number; NaN where it is missing or none. */
export const numberOf = (value: unknown): number =>
  value === null || value === undefined || value === "" ? Number.NaN : Number(value);

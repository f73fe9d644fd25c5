import type { Counters, FeatureValue, HistoryStep, RankRequest } from "../contract.js";
import { type Catalogue, type CounterColumns, UNKNOWN_INDEX } from "./columns.js";
import type { HistoryEvents } from "./positive-history.js";
import { addEvent, emptyCounters } from "./statistics.js";

/** Finds catalogue indices by id; what it does not know is UNKNOWN_INDEX. */
export interface RequestIds {
  items: { indexOf(id: string): number };
  users: { indexOf(id: string): number };
}

/** A step of a history, its item by index, too. */
export interface IndexedStep {
  id: string;
  item: number;
  /** NaN where it is not known. */
  time: number;
  label: 0 | 1 | null;
  features: Readonly<Record<string, FeatureValue>>;
}

/**
 * A request with indices of the catalogue in place of ids, and counters in place of what they are counted from. Plain data: what crosses
 * to the thread that scores.
 */
export interface IndexedRequest {
  user: number;
  /** Seconds since 1970, or a position: after every step. */
  time: number;
  context: Readonly<Record<string, FeatureValue>>;
  /** Those before the request's time, oldest first. */
  history: readonly IndexedStep[];
  candidates: Int32Array;
  userCounters: Counters;
  /** By candidate; null: those that the catalogue has. */
  itemCounters: CounterColumns | null;
}

export interface IndexRequestOptions {
  catalogue: Catalogue;
  ids: RequestIds;
  /** By candidate: what has been counted since the catalogue's counters were saved, and is added to them. Default: nothing. */
  counted?: readonly (Counters | null)[];
}

/**
 * Steps at or after the request's time are left out, as `prepare` leaves them out. Ids that the catalogue does not know become the
 * unknown item, whose row training has trained.
 */
export function indexRequest(request: RankRequest, { catalogue, ids, counted }: IndexRequestOptions): IndexedRequest {
  const { history, now } = earlierSteps(request, catalogue);
  const candidates = Int32Array.from(request.candidates, (id) => ids.items.indexOf(id));
  return {
    user: request.user === undefined ? UNKNOWN_INDEX : ids.users.indexOf(request.user),
    time: now,
    context: request.context ?? {},
    history: history.map((step) => ({
      id: step.item,
      item: ids.items.indexOf(step.item),
      time: step.time ?? Number.NaN,
      label: step.label ?? null,
      features: step.features ?? {},
    })),
    candidates,
    userCounters: request.statistics?.user ?? countHistory(history, catalogue),
    itemCounters: countersOfCandidates(request, { catalogue, candidates, counted }),
  };
}

/** The same request with the last steps alone that a model reads: it scores alike, however long the history was. */
export function withStepsRead(
  request: IndexedRequest,
  { history: read, length }: { history: HistoryEvents; length: number },
): IndexedRequest {
  const steps = read === "positives" ? request.history.filter((step) => labelOf(step) === 1) : request.history;
  return { ...request, history: length === 0 ? [] : steps.slice(-length) };
}

/** A step without a label counts as liked where only positives are read: a bare list of ids names what somebody liked. */
export const labelOf = ({ label }: Pick<IndexedStep, "label">): 0 | 1 => label ?? 1;

/** The steps of a request before its time, oldest first (the events of its columns, in their order), and that time. */
export function earlierSteps(
  request: Pick<RankRequest, "history" | "time">,
  catalogue: Pick<Catalogue, "lastTime">,
): { history: HistoryStep[]; now: number } {
  const steps = orderedHistory(request);
  const now = request.time ?? lastTimeOf(steps, catalogue) + 1;
  return { history: steps.filter(({ time }) => time === undefined || time < now), now };
}

/** Time of the last event that is known: of the log, or of these steps. */
export function lastTimeOf(steps: readonly HistoryStep[], { lastTime }: Pick<Catalogue, "lastTime">): number {
  return steps.reduce((latest, { time }) => Math.max(latest, time ?? Number.NEGATIVE_INFINITY), lastTime);
}

/** Oldest first: by (time, item id) where every step has a time, else as given. */
function orderedHistory({ history }: Pick<RankRequest, "history">): HistoryStep[] {
  const steps = [...history];
  if (steps.some(({ time }) => time === undefined)) return steps;
  return steps.sort((a, b) => a.time! - b.time! || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
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

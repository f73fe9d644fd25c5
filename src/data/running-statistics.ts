import type { NumberArray } from "./arrow-file.js";
import type { Candidates } from "./candidates.js";
import type { CounterColumns, EventColumns, StatisticSchema } from "./columns.js";
import { countValue, emptyCounters, meanValue, rateValue } from "./statistics.js";
import { type Earlier, forEachGroup, type Timelines } from "./timelines.js";

/** A number column over the events that is averaged; NaN is skipped. */
export interface MeanColumn {
  name: string;
  values: Float64Array;
}

type Statistic = Pick<StatisticSchema, "kind" | "column" | "priorMean">;

/** Reads statistics of one entity into `out` at `offset`, one after the other. */
export type StatisticWriter = (index: number, out: Float32Array, offset: number) => void;

const TABLE = 4096;
const LOG_COUNTS = Float64Array.from({ length: TABLE }, (_, count) => countValue(count));

/** A writer bound to its counters, for loops over millions of events. The values are those of statisticValue. */
export function statisticWriter(
  statistics: readonly Statistic[],
  counters: CounterColumns,
  prior: number,
): StatisticWriter {
  const { count, positives } = counters;
  const kinds = Uint8Array.from(statistics, ({ kind }) => ["count", "rate", "mean"].indexOf(kind));
  const smoothing = statistics.map(({ priorMean }) => ({ prior, priorMean }));
  const none = { count: new Uint32Array(count.length), sum: new Float64Array(count.length) };
  const means = statistics.map(({ column }) => counters.means[column ?? ""] ?? none);
  return (index, out, offset) => {
    const seen = count[index]!;
    for (let s = 0; s < kinds.length; s++) {
      if (kinds[s] === 0) out[offset + s] = seen < TABLE ? LOG_COUNTS[seen]! : countValue(seen);
      else if (kinds[s] === 1) out[offset + s] = rateValue(positives[index]!, seen, smoothing[s]!);
      else out[offset + s] = meanValue(means[s]!.sum[index]!, means[s]!.count[index]!, smoothing[s]!);
    }
  };
}

/** Adds (or with sign -1 takes back) event `event` to the counters of `index`. */
export type EventCounter = (index: number, event: number, sign?: 1 | -1) => void;

/** A counter bound to the events' columns; counts as addEvent does. */
export function eventCounter(
  counters: CounterColumns,
  label: Uint8Array,
  columns: readonly MeanColumn[],
): EventCounter {
  const { count, positives } = counters;
  const means = columns.flatMap(({ name, values }) => {
    const mean = counters.means[name];
    return mean ? [{ ...mean, values }] : [];
  });
  return (index, event, sign = 1) => {
    count[index]! += sign;
    positives[index]! += sign * label[event]!;
    for (const mean of means) {
      const value = mean.values[event]!;
      if (Number.isNaN(value)) continue;
      mean.count[index]! += sign;
      mean.sum[index]! += sign * value;
    }
  };
}

/** Statistics of every event's user, from that user's earlier events. [events * statistics] */
export function userStatistics(
  timelines: Timelines,
  {
    statistics,
    means,
    prior,
    earlier,
  }: { statistics: Statistic[]; means: MeanColumn[]; prior: number; earlier: Earlier },
): Float32Array {
  const { userStart, time, label, count } = timelines;
  const width = statistics.length;
  const out = new Float32Array(count * width);
  if (width === 0) return out;
  const counters = emptyCounters(1, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const add = eventCounter(counters, label, means);
  for (let user = 0; user + 1 < userStart.length; user++) {
    reset(counters);
    forEachGroup(time, { start: userStart[user]!, end: userStart[user + 1]!, earlier }, (start, end) => {
      for (let e = start; e < end; e++) write(0, out, e * width);
      for (let e = start; e < end; e++) add(0, e);
    });
  }
  return out;
}

export interface ItemStatisticsInput {
  events: Pick<EventColumns, "count" | "item" | "time" | "label">;
  /** Rows and ranking lists, whose item statistics are filled in. */
  candidates: Candidates[];
  items: number;
  statistics: Statistic[];
  means: MeanColumn[];
  prior: number;
}

/**
 * Fills in the item statistics of candidates from events of a strictly earlier time, anybody's, in one sweep over `order`
 * (events by time). Returns the counters after the last event.
 *
 * Every column is first gathered into that order: plain gathers are several times faster than looking each event up
 * within the sweep.
 */
export function itemStatisticsByTime(input: ItemStatisticsInput, order: Int32Array): CounterColumns {
  const { events, statistics, prior } = input;
  const width = statistics.length;
  const counters = emptyCounters(input.items, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const time = gather(events.time, order, new Float64Array(order.length));
  const item = gather(events.item, order, new Int32Array(order.length));
  const label = gather(events.label, order, new Uint8Array(order.length));
  const means = input.means.map(({ name, values }) => ({
    name,
    values: gather(values, order, new Float64Array(order.length)),
  }));
  const add = eventCounter(counters, label, means);
  const groups = input.candidates.map(({ groupOf }) => gather(groupOf, order, new Int32Array(order.length)));
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && time[end] === time[start]) end++;
    if (width > 0) {
      for (const [c, candidates] of input.candidates.entries()) {
        const group = groups[c]!;
        for (let k = start; k < end; k++) if (group[k]! >= 0) candidates.fill(group[k]!, write, width);
      }
    }
    for (let k = start; k < end; k++) add(item[k]!, k);
    start = end;
  }
  return counters;
}

/**
 * Where only an order exists: item statistics come from the training events, less the row's own event. Returns the
 * counters of the training events.
 */
export function itemStatisticsByOrder(
  { events, candidates, items, statistics, means, prior }: ItemStatisticsInput,
  training: (event: number) => boolean,
): CounterColumns {
  const counters = emptyCounters(items, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const add = eventCounter(counters, events.label, means);
  for (let e = 0; e < events.count; e++) if (training(e)) add(events.item[e]!, e);
  for (let e = 0; e < events.count; e++) {
    const own = training(e);
    if (own) add(events.item[e]!, e, -1);
    for (const table of candidates) if (table.groupOf[e]! >= 0) table.fill(table.groupOf[e]!, write, statistics.length);
    if (own) add(events.item[e]!, e);
  }
  return counters;
}

function gather<T extends NumberArray>(from: NumberArray, order: Int32Array, to: T): T {
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  return to;
}

function columnsOf(statistics: readonly Statistic[]): string[] {
  return [...new Set(statistics.flatMap(({ column }) => (column === undefined ? [] : [column])))];
}

function reset({ count, positives, means }: CounterColumns): void {
  count.fill(0);
  positives.fill(0);
  for (const mean of Object.values(means)) {
    mean.count.fill(0);
    mean.sum.fill(0);
  }
}

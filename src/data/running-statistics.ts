import type { CounterColumns, EventColumns, RankingColumns, RowColumns, StatisticSchema } from "./columns.js";
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
  /** Rows and candidate lists whose item statistics are filled in. */
  rows: RowColumns[];
  ranking: RankingColumns[];
  items: number;
  statistics: Statistic[];
  means: MeanColumn[];
  prior: number;
}

/**
 * Fills in the item statistics of rows and candidate lists from events of a strictly earlier time, anybody's, in one sweep
 * over `order` (events by time). Returns the counters after the last event.
 */
export function itemStatisticsByTime(input: ItemStatisticsInput, order: Int32Array): CounterColumns {
  const { events, statistics, means, prior } = input;
  const counters = emptyCounters(input.items, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const add = eventCounter(counters, events.label, means);
  const fill = filler(input, write);
  for (let start = 0; start < order.length; ) {
    const time = events.time[order[start]!];
    let end = start + 1;
    while (end < order.length && events.time[order[end]!] === time) end++;
    for (let k = start; k < end; k++) fill(order[k]!);
    for (let k = start; k < end; k++) add(events.item[order[k]!]!, order[k]!);
    start = end;
  }
  return counters;
}

/**
 * Where only an order exists: item statistics come from the training events (`training` is 1), less the row's own event.
 * Returns the counters of the training events.
 */
export function itemStatisticsByOrder(
  input: ItemStatisticsInput,
  training: (event: number) => boolean,
): CounterColumns {
  const { events, statistics, means, prior } = input;
  const counters = emptyCounters(input.items, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const add = eventCounter(counters, events.label, means);
  for (let e = 0; e < events.count; e++) if (training(e)) add(events.item[e]!, e);
  const fill = filler(input, write);
  for (let e = 0; e < events.count; e++) {
    const own = training(e);
    if (own) add(events.item[e]!, e, -1);
    fill(e);
    if (own) add(events.item[e]!, e);
  }
  return counters;
}

/** Writes the item statistics of all rows and candidates that belong to an event. */
function filler(
  { events, rows, ranking, statistics }: ItemStatisticsInput,
  write: StatisticWriter,
): (event: number) => void {
  const width = statistics.length;
  const table = new Uint8Array(events.count).fill(rows.length);
  const first = new Int32Array(events.count);
  for (const [t, { event }] of rows.entries()) {
    for (let r = event.length - 1; r >= 0; r--) {
      table[event[r]!] = t;
      first[event[r]!] = r;
    }
  }
  const ranked = new Map<number, { of: RankingColumns; row: number }>();
  for (const of of ranking) for (const [row, event] of of.event.entries()) ranked.set(event, { of, row });
  return (event) => {
    const owner = rows[table[event]!];
    if (!owner) return;
    for (let r = first[event]!; r < owner.count && owner.event[r] === event; r++) {
      write(owner.item[r]!, owner.itemStatistics, r * width);
    }
    const list = ranked.size > 0 ? ranked.get(event) : undefined;
    if (!list) return;
    const { of, row } = list;
    for (let c = row * of.width; c < (row + 1) * of.width; c++) write(of.item[c]!, of.itemStatistics, c * width);
  };
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

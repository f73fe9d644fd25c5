import { runJob } from "../runtime/job.js";
import type { CounterColumns, EventColumns } from "./columns.js";
import { gather } from "./gather.js";
import { lastCounters, runningStatistics } from "./running-statistics.js";
import { sharedFloat32 } from "./shared-array.js";
import type { EventsByTime } from "./sort-events.js";
import type { MeanColumn, Statistic } from "./statistic-writer.js";

/** Logs of fewer events are counted where they are: a thread takes longer to start. */
const WORTH_A_THREAD = 500_000;

export interface OwnItemStatisticsInput {
  /** Over shared memory where a thread shall not copy them, as `byTime` and `means`. */
  events: Pick<EventColumns, "item" | "label">;
  byTime: EventsByTime;
  items: number;
  statistics: Statistic[];
  means: MeanColumn[];
  prior: number;
}

export interface OwnItemStatistics {
  /** [events * statistics] in the order of the events. */
  values: Float32Array;
  /** After the last event. */
  counters: CounterColumns;
}

/**
 * Statistics of every event's own item from events of a strictly earlier time, anybody's. A large log is counted by a
 * thread of its own, so that the caller can go on; the result is the same.
 *
 * @param options.worthAThread events from which on a thread is started. Default 500,000.
 */
export async function ownItemStatistics(
  { events: { item, label }, byTime, items, statistics, means, prior }: OwnItemStatisticsInput,
  { worthAThread = WORTH_A_THREAD }: { worthAThread?: number } = {},
): Promise<OwnItemStatistics> {
  const values = sharedFloat32(item.length * statistics.length);
  const input: SweepInput = { events: { item, label }, byTime, items, statistics, means, prior, values };
  if (item.length < worthAThread) return { values, counters: sweepOwnItems(input) };
  const place = { base: import.meta.url, data: input };
  return { values, counters: await runJob<CounterColumns>("item-statistics-worker", place) };
}

interface SweepInput extends OwnItemStatisticsInput {
  /** Filled in. */
  values: Float32Array;
}

/** The work itself: one sweep over the events by time. */
export function sweepOwnItems({ events, byTime, items, statistics, means, prior, values }: SweepInput): CounterColumns {
  const { order, begins } = byTime;
  const sweep = {
    entity: gather(events.item, order),
    label: gather(events.label, order),
    begins,
    means: means.map((column) => ({ name: column.name, values: gather(column.values, order) })),
  };
  const options = { entities: items, statistics, prior };
  moveRows(runningStatistics(sweep, options), { to: values, order, width: statistics.length });
  return lastCounters(sweep, options);
}

/** Row k of `from` becomes row order[k] of `to`. */
function moveRows(
  from: Float32Array,
  { to, order, width }: { to: Float32Array; order: Int32Array; width: number },
): void {
  for (let k = 0; k < order.length; k++) {
    const [first, target] = [k * width, order[k]! * width];
    for (let s = 0; s < width; s++) to[target + s] = from[first + s]!;
  }
}

import type { Candidates } from "./candidates.js";
import type { CounterColumns, EventColumns } from "./columns.js";
import { gather } from "./gather.js";
import type { EventsByTime } from "./sort-events.js";
import { columnsOf, eventCounter, type MeanColumn, type Statistic, statisticWriter } from "./statistic-writer.js";
import { emptyCounters } from "./statistics.js";

export interface ItemStatisticsInput {
  events: Pick<EventColumns, "count" | "item" | "label">;
  /** Rows and ranking lists, whose item statistics are filled in. */
  candidates: Candidates[];
  items: number;
  statistics: Statistic[];
  means: MeanColumn[];
  prior: number;
}

/**
 * Fills in the item statistics of candidates, other items than that of the event among them, from events of a strictly
 * earlier time, anybody's, in one sweep over the events by time. Returns the counters after the last event.
 *
 * Every column is first gathered into that order: plain gathers are several times faster than looking each event up
 * within the sweep.
 */
export function itemStatisticsByTime(input: ItemStatisticsInput, { order, begins }: EventsByTime): CounterColumns {
  const { events, statistics, prior } = input;
  const width = statistics.length;
  const counters = emptyCounters(input.items, columnsOf(statistics));
  const write = statisticWriter(statistics, counters, prior);
  const item = gather(events.item, order);
  const label = gather(events.label, order);
  const means = input.means.map(({ name, values }) => ({
    name,
    values: gather(values, order),
  }));
  const add = eventCounter(counters, label, means);
  const groups = input.candidates.map(({ groupOf }) => gather(groupOf, order));
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && begins[end] === 0) end++;
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

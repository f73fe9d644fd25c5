import type { CounterColumns } from "./columns.js";
import { columnsOf, eventCounter, type MeanColumn, type Statistic, statisticWriter } from "./statistic-writer.js";
import { emptyCounters } from "./statistics.js";
import { type Earlier, groupEnd, type Timelines } from "./timelines.js";

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
    const last = userStart[user + 1]!;
    for (let start = userStart[user]!; start < last; ) {
      const end = groupEnd(time, { start, end: last, earlier });
      for (let e = start; e < end; e++) write(0, out, e * width);
      for (let e = start; e < end; e++) add(0, e);
      start = end;
    }
  }
  return out;
}

function reset({ count, positives, means }: CounterColumns): void {
  count.fill(0);
  positives.fill(0);
  for (const mean of Object.values(means)) {
    mean.count.fill(0);
    mean.sum.fill(0);
  }
}

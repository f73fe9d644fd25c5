import { runningStatistics } from "./running-statistics.js";
import type { MeanColumn, Statistic } from "./statistic-writer.js";
import type { Earlier, Timelines } from "./timelines.js";
import { ownersOf } from "./users-of.js";

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
  if (statistics.length === 0) return new Float32Array(0);
  const { time, label, userStart } = timelines;
  const begins = new Uint8Array(timelines.count);
  // Where two people's events of one time meet, they may share a moment: neither counts for the other.
  for (let e = 0; e < begins.length; e++) begins[e] = earlier === "order" || time[e] !== time[e - 1] ? 1 : 0;
  const sweep = { entity: ownersOf(timelines), label, begins, means };
  return runningStatistics(sweep, { entities: userStart.length - 1, statistics, prior });
}

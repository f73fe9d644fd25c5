import type { AuditView } from "./audit-view.js";
import { differs, expectedStatistic } from "./expected-statistic.js";
import type { Finding } from "./report.js";
import { RunningSums } from "./running-sums.js";

/** Statistics of users, computed again from each person's strictly earlier events, whatever their split. */
export function checkUserStatistics(view: AuditView): Finding[] {
  const { catalogue, events } = view.dataset;
  const { user: schemas, prior } = catalogue.statistics;
  const stored = events.userStatistics;
  return schemas.flatMap((schema, s) => {
    const averaged = view.averagedBy(schema);
    if (averaged === null) return [];
    const sums = new RunningSums(events.label, { order: null, values: averaged.values });
    const wrong = new Uint8Array(events.count);
    for (let user = 0; user + 1 < events.userStart.length; user++) {
      const start = events.userStart[user]!;
      let before = start; // the events of [start, before) are earlier
      for (let e = start; e < events.userStart[user + 1]!; e++) {
        if (view.earlier === "order" || events.time[e]! > events.time[before]!) before = e;
        const expected = expectedStatistic(schema, sums.between(start, before), prior);
        if (differs(stored[e * schemas.length + s]!, expected, averaged)) wrong[e] = 1;
      }
    }
    const caught = view.caughtOf((event) => wrong[event] === 1);
    if (caught.count === 0) return [];
    const sentence = `\`${schema.name}\` of the user is not that of the strictly earlier events`;
    const fix = "Prepare the dataset again: as it is, the statistic may know what came after the row.";
    return [view.finding({ check: "user-statistics", sentence, caught, fix })];
  });
}

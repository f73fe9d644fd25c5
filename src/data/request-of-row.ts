import type { Counters, HistoryStep, RankRequest } from "../contract.js";
import { MmdinError } from "../errors.js";
import { userOf } from "./batch-layout.js";
import { loadIds } from "./catalogue-file.js";
import type { Dataset, Split, StatisticSchema } from "./columns.js";
import { valueAt, valuesAt } from "./feature-values.js";

/**
 * The request that asks what a logged row asked: the same person, moment, history, candidate, and the counters as they stood
 * strictly before it. Scored by the run, it gives the row's own probability. Its history goes back to the
 * `history.length`-th last positive event, so that a model that reads only those finds them all; others read its end.
 *
 * Counters are counted anew over the whole log: meant for looking at single rows, not for many.
 *
 * @throws MmdinError MISMATCH where a statistic averages a column that history steps do not carry.
 */
export function requestOfRow(dataset: Dataset, { split, row }: { split: Split; row: number }): RankRequest {
  const { catalogue, events, rows } = dataset;
  const columns = rows[split];
  if (!(row >= 0 && row < columns.count)) {
    throw new MmdinError("REQUEST", `there is no row ${row}`, {
      where: split,
      expected: `0 to ${columns.count - 1}`,
      got: `${row}`,
    });
  }
  const itemIds = loadIds(catalogue, "items");
  const event = columns.event[row]!;
  const user = userOf(events, event);
  const eventAt = (position: number): number => (events.history === null ? position : events.history[position]!);
  const end = events.historyEnd[event]!;
  let start = end;
  for (let wanted = catalogue.history.length; wanted > 0 && start > events.historyStart[user]!; start--) {
    wanted -= events.label[eventAt(start - 1)]!;
  }
  const history: HistoryStep[] = [];
  for (let position = start; position < end; position++) {
    const step = eventAt(position);
    history.push({
      item: itemIds[events.item[step]!]!,
      time: events.time[step]!,
      label: events.label[step] === 1 ? 1 : 0,
      features: valuesAt(catalogue.eventFeatures, events.features, step),
    });
  }
  const item = itemIds[columns.item[row]!]!;
  const userId = loadIds(catalogue, "users")[user]!;
  const time = events.time[event]!;
  return {
    user: userId,
    // Steps of the row's own time are earlier in leave-last; a request's are those before its time.
    time: history.at(-1)?.time === time ? justAfter(time) : time,
    context: valuesAt(catalogue.context, events.context, event),
    history,
    candidates: [item],
    statistics: {
      user: count(dataset, catalogue.statistics.user, earlierOfUser(dataset, { event, user })),
      items: { [item]: countersOfItem(dataset, { split, event, item: columns.item[row]! }) },
    },
  };
}

/** Which events a row's user statistics count: the user's earlier ones; in leave-last those of the same time before it, too. */
function earlierOfUser(
  { events, manifest }: Dataset,
  { event, user }: { event: number; user: number },
): (other: number) => boolean {
  const ties = isLeaveLast(manifest.config);
  const start = events.userStart[user]!;
  return (other) => other >= start && other < event && (ties || events.time[other]! < events.time[event]!);
}

/** What a row's item statistics count: earlier events of anybody; without a clock, training's less the row's own. */
function countersOfItem(
  dataset: Dataset,
  { split, event, item }: { split: Split; event: number; item: number },
): Counters {
  const { catalogue, events } = dataset;
  const schemas = catalogue.statistics.item;
  if (catalogue.history.clock === "time") {
    return count(dataset, schemas, (other) => events.item[other] === item && events.time[other]! < events.time[event]!);
  }
  // Which events are of training cannot be read off the rows, of which `negatives.keep` drops some: the catalogue counted them.
  const training = catalogue.itemCounters;
  const isOwn = split === "train" && events.item[event] === item;
  const own = count(dataset, schemas, (other) => isOwn && other === event);
  const means = Object.entries(training.means).map(([name, mean]) => {
    const { count = 0, sum = 0 } = own.means?.[name] ?? {};
    return [name, { count: mean.count[item]! - count, sum: mean.sum[item]! - sum }] as const;
  });
  return {
    count: training.count[item]! - own.count,
    positives: training.positives[item]! - own.positives,
    means: Object.fromEntries(means),
  };
}

function isLeaveLast(config: unknown): boolean {
  if (typeof config !== "object" || config === null || !("split" in config)) return false;
  const { split } = config;
  return typeof split === "object" && split !== null && "by" in split && split.by === "leave-last";
}

/** The next time that a number can tell from this one, or the one after it. */
const justAfter = (time: number): number => time + Math.max(Math.abs(time) * Number.EPSILON, Number.MIN_VALUE);

function count(
  { catalogue, events }: Dataset,
  schemas: readonly StatisticSchema[],
  counts: (event: number) => boolean,
): Counters {
  const averaged = schemas.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const means = Object.fromEntries(averaged.map((name) => [name, { count: 0, sum: 0 }]));
  let total = 0;
  let positives = 0;
  for (let event = 0; event < events.count; event++) {
    if (!counts(event)) continue;
    total++;
    positives += events.label[event]!;
    for (const [name, mean] of Object.entries(means)) {
      const at = catalogue.eventFeatures.findIndex((schema) => schema.name === name);
      const value = at < 0 ? undefined : valueAt(catalogue.eventFeatures[at]!, events.features[at]!, event);
      if (at < 0) {
        throw new MmdinError("MISMATCH", `mean(${name}) cannot be counted again`, {
          expected: `an event feature ${name}`,
          fix: "Add it to events.features in dataset.yaml",
        });
      }
      if (value === null || Number.isNaN(Number(value))) continue;
      mean.count++;
      mean.sum += Number(value);
    }
  }
  return { count: total, positives, means };
}

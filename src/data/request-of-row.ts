import type { Counters, FeatureValue, HistoryStep, RankRequest } from "../contract.js";
import { MmdinError } from "../errors.js";
import { historyLengthOf, userOf } from "./batch-layout.js";
import { loadIds } from "./catalogue-file.js";
import {
  type Dataset,
  type FeatureColumn,
  type FeatureSchema,
  FIRST_VALUE_CODE,
  type Split,
  type StatisticSchema,
} from "./columns.js";

/**
 * The request that asks what a logged row asked: the same person, moment, history, candidate, and the counters as they stood
 * strictly before it. Scored by the run, it gives the row's own probability.
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
  const length = historyLengthOf(events, event, { user, length: catalogue.history.length });
  const history: HistoryStep[] = [];
  for (let position = events.historyEnd[event]! - length; position < events.historyEnd[event]!; position++) {
    const step = events.history === null ? position : events.history[position]!;
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
  const { user: ofUser, item: ofItem } = catalogue.statistics;
  const ofThisUser = (other: number): boolean =>
    other >= events.userStart[user]! && other < events.userStart[user + 1]!;
  return {
    user: userId,
    time,
    context: valuesAt(catalogue.context, events.context, event),
    history,
    candidates: [item],
    statistics: {
      user: count(dataset, ofUser, (other) => ofThisUser(other) && events.time[other]! < time),
      items: {
        [item]: count(
          dataset,
          ofItem,
          (other) => events.item[other] === columns.item[row] && events.time[other]! < time,
        ),
      },
    },
  };
}

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

function valuesAt(
  schemas: readonly FeatureSchema[],
  columns: readonly FeatureColumn[],
  index: number,
): Record<string, FeatureValue> {
  return Object.fromEntries(schemas.map((schema, f) => [schema.name, valueAt(schema, columns[f]!, index)]));
}

/** The value behind a code; null where it is missing, and a text no vocabulary holds where it was unknown. */
function valueAt(schema: FeatureSchema, column: FeatureColumn, index: number): string | number | null {
  if (schema.kind === "number" && column.kind === "number") {
    const value = column.values[index]!;
    return Number.isNaN(value) ? null : value;
  }
  if (schema.kind === "category" && column.kind === "category") {
    const code = column.codes[index]!;
    if (code === 0) return null;
    return schema.vocabulary[code - FIRST_VALUE_CODE] ?? "(unknown)";
  }
  throw new MmdinError("MISMATCH", `feature ${schema.name} is of another kind than its column`);
}

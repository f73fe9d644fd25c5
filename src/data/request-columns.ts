import type { Counters, HistoryStep, RankRequest } from "../contract.js";
import type { BatchSourceColumns } from "./batch.js";
import {
  type Catalogue,
  type CounterColumns,
  type EventColumns,
  type FeatureColumn,
  type FeatureSchema,
  UNKNOWN_INDEX,
} from "./columns.js";
import { encodeFeature } from "./features.js";
import type { IdIndex } from "./id-index.js";
import { type HistoryEvents, readHistory } from "./positive-history.js";
import { addEvent, emptyCounters, statisticValue } from "./statistics.js";

/** Finds catalogue indices by id. */
export interface RequestIds {
  items: IdIndex;
  users: IdIndex;
}

/**
 * A request as columns of one small log: the person's history, one event for the moment of asking, and a row per candidate.
 * The batches of training, evaluation and requests are then made by the same code.
 *
 * Steps at or after the request's time are left out, as `prepare` leaves them out. Ids that the catalogue does not know
 * become the unknown item, whose row training has trained.
 *
 * @param options.history The steps that the model reads; the counters are those of all. Default "all".
 */
export function requestColumns(
  request: RankRequest,
  { catalogue, ids, history: read = "all" }: { catalogue: Catalogue; ids: RequestIds; history?: HistoryEvents },
): BatchSourceColumns {
  const { history, now } = earlierSteps(request, catalogue);
  const count = history.length + 1;
  const { user: ofUser, item: ofItem, prior } = catalogue.statistics;
  const userCounters = request.statistics?.user
    ? oneCounter(request.statistics.user)
    : countHistory(history, catalogue);
  const userStatistics = new Float32Array(count * ofUser.length);
  ofUser.forEach((schema, s) => {
    userStatistics[history.length * ofUser.length + s] = statisticValue(schema, userCounters, { index: 0, prior });
  });
  const events: EventColumns = {
    count,
    userStart: Int32Array.of(0, count),
    item: Int32Array.from([...history.map(({ item }) => ids.items.indexOf(item)), UNKNOWN_INDEX]),
    time: Float64Array.from([...history.map(({ time }) => time ?? Number.NaN), now]),
    // A step without a label counts as liked where only positives are read: a bare list of ids names what somebody liked.
    label: Uint8Array.from([...history.map(({ label }) => label ?? 1), 0]),
    features: featureColumns(catalogue.eventFeatures, [...history.map(({ features }) => features ?? {}), {}]),
    context: featureColumns(catalogue.context, [...history.map(() => ({})), request.context ?? {}]),
    history: null,
    historyStart: Int32Array.of(0, count),
    historyEnd: Int32Array.from({ length: count }, (_, event) => event),
    userStatistics,
  };
  const items = Int32Array.from(request.candidates, (id) => ids.items.indexOf(id));
  const itemStatistics = new Float32Array(items.length * ofItem.length);
  items.forEach((index, row) => {
    const given = request.statistics?.items?.[request.candidates[row]!];
    const counters = given ? oneCounter(given) : catalogue.itemCounters;
    ofItem.forEach((schema, s) => {
      itemStatistics[row * ofItem.length + s] = statisticValue(schema, counters, { index: given ? 0 : index, prior });
    });
  });
  const user = request.user === undefined ? UNKNOWN_INDEX : ids.users.indexOf(request.user);
  const rows = {
    count: items.length,
    event: new Int32Array(items.length).fill(history.length),
    item: items,
    label: new Uint8Array(items.length),
    itemStatistics,
  };
  return { catalogue, events: readHistory(events, read), rows, users: Int32Array.of(user) };
}

/** The steps of a request before its time, oldest first (the events of its columns, in their order), and that time. */
export function earlierSteps(
  request: Pick<RankRequest, "history" | "time">,
  { lastTime }: Pick<Catalogue, "lastTime">,
): { history: HistoryStep[]; now: number } {
  const steps = orderedHistory(request);
  const latest = steps.reduce((time, step) => Math.max(time, step.time ?? Number.NEGATIVE_INFINITY), lastTime);
  const now = request.time ?? latest + 1;
  return { history: steps.filter(({ time }) => time === undefined || time < now), now };
}

/** Oldest first: by (time, item id) where every step has a time, else as given. */
function orderedHistory({ history }: Pick<RankRequest, "history">): HistoryStep[] {
  const steps = [...history];
  if (steps.some(({ time }) => time === undefined)) return steps;
  return steps.sort((a, b) => a.time! - b.time! || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
}

/** The user's counters over the steps that carry a label; where labels are implicit, over all steps. */
function countHistory(history: readonly HistoryStep[], { label, statistics }: Catalogue): CounterColumns {
  const columns = statistics.user.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const counters = emptyCounters(1, columns);
  for (const step of history) {
    const own = label === "implicit" ? 1 : step.label;
    if (own === undefined) continue;
    const values = Object.fromEntries(columns.map((name) => [name, numberOf(step.features?.[name])]));
    addEvent(counters, 0, { label: own, values });
  }
  return counters;
}

/** A feature as a number; NaN where it is missing or none. */
export const numberOf = (value: unknown): number =>
  value === null || value === undefined || value === "" ? Number.NaN : Number(value);

function oneCounter({ count, positives, means = {} }: Counters): CounterColumns {
  return {
    count: Uint32Array.of(count),
    positives: Uint32Array.of(positives),
    means: Object.fromEntries(
      Object.entries(means).map(([name, mean]) => [
        name,
        { count: Uint32Array.of(mean.count), sum: Float64Array.of(mean.sum) },
      ]),
    ),
  };
}

function featureColumns(
  schemas: readonly FeatureSchema[],
  values: readonly Readonly<Record<string, unknown>>[],
): FeatureColumn[] {
  return schemas.map((schema) => {
    const encoded = values.map((row) => encodeFeature(schema, row[schema.name]));
    return schema.kind === "category"
      ? { kind: "category", codes: Int32Array.from(encoded) }
      : { kind: "number", values: Float32Array.from(encoded) };
  });
}

import type { Counters, RankRequest } from "../contract.js";
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
import { type IndexedRequest, type IndexRequestOptions, indexRequest, labelOf } from "./indexed-request.js";
import { type HistoryEvents, readHistory } from "./positive-history.js";
import { statisticValue } from "./statistics.js";

/**
 * A request as columns of one small log: the person's history, one event for the moment of asking, and a row per candidate.
 * The batches of training, evaluation and requests are then made by the same code.
 *
 * @param options.history The steps that the model reads; the counters are those of all. Default "all".
 */
export function requestColumns(
  request: RankRequest,
  options: IndexRequestOptions & { history?: HistoryEvents },
): BatchSourceColumns {
  return indexedColumns(indexRequest(request, options), options);
}

/** As {@link requestColumns}, of a request whose ids have been looked up. */
export function indexedColumns(
  { user, time, context, history, candidates, userCounters, itemCounters }: IndexedRequest,
  { catalogue, history: read = "all" }: { catalogue: Catalogue; history?: HistoryEvents },
): BatchSourceColumns {
  const count = history.length + 1;
  const { user: ofUser, item: ofItem, prior } = catalogue.statistics;
  const counters = oneCounter(userCounters);
  const userStatistics = new Float32Array(count * ofUser.length);
  ofUser.forEach((schema, s) => {
    userStatistics[history.length * ofUser.length + s] = statisticValue(schema, counters, { index: 0, prior });
  });
  const events: EventColumns = {
    count,
    userStart: Int32Array.of(0, count),
    item: Int32Array.from([...history.map(({ item }) => item), UNKNOWN_INDEX]),
    time: Float64Array.from([...history.map(({ time }) => time), time]),
    label: Uint8Array.from([...history.map(labelOf), 0]),
    features: featureColumns(catalogue.eventFeatures, [...history.map(({ features }) => features), {}]),
    context: featureColumns(catalogue.context, [...history.map(() => ({})), context]),
    history: null,
    historyStart: Int32Array.of(0, count),
    historyEnd: Int32Array.from({ length: count }, (_, event) => event),
    userStatistics,
  };
  const itemStatistics = new Float32Array(candidates.length * ofItem.length);
  candidates.forEach((item, row) => {
    const from = itemCounters ?? catalogue.itemCounters;
    const index = itemCounters ? row : item;
    ofItem.forEach((schema, s) => {
      itemStatistics[row * ofItem.length + s] = statisticValue(schema, from, { index, prior });
    });
  });
  const rows = {
    count: candidates.length,
    event: new Int32Array(candidates.length).fill(history.length),
    item: candidates,
    label: new Uint8Array(candidates.length),
    itemStatistics,
  };
  return { catalogue, events: readHistory(events, read), rows, users: Int32Array.of(user) };
}

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

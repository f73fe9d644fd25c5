import type { BatchSourceColumns } from "./batch.js";
import type { EventColumns, FeatureColumn } from "./columns.js";

/**
 * The columns of several requests as those of one log: their people one after the other, their rows in this order. All have one catalogue.
 * Scored with a history for each row ("own"), every row gets the logit that it gets alone.
 */
export function mergeRequests(requests: readonly BatchSourceColumns[]): BatchSourceColumns {
  const [first] = requests;
  if (first === undefined) throw new RangeError("no requests to merge");
  if (requests.length === 1) return first;
  const events = requests.map((request) => request.events);
  /** Where the events of each begin, and the places in their histories. */
  const eventsFrom = starts(events.map(({ count }) => count));
  const places = events.map(({ history, count }) => history ?? Int32Array.from({ length: count }, (_, event) => event));
  const placesFrom = starts(places.map(({ length }) => length));
  const features = (of: "features" | "context"): FeatureColumn[] =>
    first.events[of].map((_, f) => joinColumns(events.map((each) => each[of][f]!)));
  return {
    catalogue: first.catalogue,
    events: {
      count: eventsFrom.at(-1)!,
      userStart: Int32Array.from(eventsFrom),
      item: joined(Int32Array, events, ({ item }) => item),
      time: joined(Float64Array, events, ({ time }) => time),
      label: joined(Uint8Array, events, ({ label }) => label),
      features: features("features"),
      context: features("context"),
      history: joined(Int32Array, places, (own, r) => own.map((event) => event + eventsFrom[r]!)),
      historyStart: Int32Array.from([
        ...events.map((each, r) => each.historyStart[0]! + placesFrom[r]!),
        placesFrom.at(-1)!,
      ]),
      historyEnd: joined(Int32Array, events, ({ historyEnd }, r) => historyEnd.map((end) => end + placesFrom[r]!)),
      userStatistics: joined(Float32Array, events, ({ userStatistics }) => userStatistics),
    } satisfies EventColumns,
    rows: {
      count: requests.reduce((sum, { rows }) => sum + rows.count, 0),
      event: joined(Int32Array, requests, ({ rows }, r) => rows.event.map((event) => event + eventsFrom[r]!)),
      item: joined(Int32Array, requests, ({ rows }) => rows.item),
      label: joined(Uint8Array, requests, ({ rows }) => rows.label),
      itemStatistics: joined(Float32Array, requests, ({ rows }) => rows.itemStatistics),
    },
    users: Int32Array.from(requests, ({ users }) => users?.[0] ?? 0),
  };
}

function starts(lengths: readonly number[]): number[] {
  const all = [0];
  for (const length of lengths) all.push(all.at(-1)! + length);
  return all;
}

type Numbers = Int32Array | Float32Array | Float64Array | Uint8Array;

function joined<T, N extends Numbers>(
  type: new (length: number) => N,
  all: readonly T[],
  partOf: (one: T, place: number) => N,
): N {
  const parts = all.map(partOf);
  const made = new type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

function joinColumns(columns: readonly FeatureColumn[]): FeatureColumn {
  if (columns[0]?.kind === "number") {
    return {
      kind: "number",
      values: joined(Float32Array, columns, (column) =>
        column.kind === "number" ? column.values : new Float32Array(0),
      ),
    };
  }
  return {
    kind: "category",
    codes: joined(Int32Array, columns, (column) =>
      column.kind === "category" ? Int32Array.from(column.codes) : new Int32Array(0),
    ),
  };
}

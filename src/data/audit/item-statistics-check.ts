import { type RankingColumns, type RowColumns, SPLITS, type StatisticSchema } from "../columns.js";
import { type AuditView, type Averaged, Caught } from "./audit-view.js";
import { differs, expectedStatistic, type Seen } from "./expected-statistic.js";
import type { Finding } from "./report.js";
import { RunningSums } from "./running-sums.js";
import { UNKNOWN_SLICE } from "./training-slice.js";

/** What an item had when an event was about to happen. */
type Before = (item: number, event: number) => Seen;

/**
 * Statistics of items, computed again: with a clock from everybody's events of a strictly earlier time; with an order
 * alone, from the training events less the row's own.
 */
export function checkItemStatistics(view: AuditView): Finding[] {
  const { catalogue } = view.dataset;
  const schemas = catalogue.statistics.item;
  if (catalogue.history.clock === "order") {
    if (schemas.length > 0 && view.slice.includes(UNKNOWN_SLICE)) {
      view.notChecked.push(
        "statistics of items: events that `negatives.keep` dropped do not say which split they were of",
      );
      return [];
    }
    return schemas.flatMap((schema, s) => check(view, { schema, s, before: (averaged) => byOrder(view, averaged) }));
  }
  const log = schemas.length > 0 ? logOfItems(view) : undefined;
  return log
    ? schemas.flatMap((schema, s) => check(view, { schema, s, before: (averaged) => byTime(view, { averaged, log }) }))
    : [];
}

function check(
  view: AuditView,
  { schema, s, before: from }: { schema: StatisticSchema; s: number; before: (averaged: Averaged) => Before },
): Finding[] {
  const averaged = view.averagedBy(schema);
  if (averaged === null) return [];
  const before = from(averaged);
  const { rows, ranking, catalogue } = view.dataset;
  const { item: schemas, prior } = catalogue.statistics;
  const caught = new Caught();
  const compare = ({ item, event, itemStatistics }: RowColumns | RankingColumns, width: number): void => {
    for (let r = 0; r < item.length; r++) {
      const e = event[width === 1 ? r : Math.floor(r / width)]!;
      const expected = expectedStatistic(schema, before(item[r]!, e), prior);
      if (differs(itemStatistics[r * schemas.length + s]!, expected, averaged)) caught.add(e, item[r]!);
    }
  };
  for (const split of SPLITS) {
    compare(rows[split], 1);
    const lists = ranking[split];
    if (lists) compare(lists, lists.width);
  }
  if (caught.count === 0) return [];
  const basis =
    catalogue.history.clock === "order" ? "the training events less the row's own" : "strictly earlier events";
  const sentence = `\`${schema.name}\` of the item is not that of ${basis}`;
  const fix = "Prepare the dataset again: as it is, the statistic may know what came after the row, or the row itself.";
  return [view.finding({ check: "item-statistics", sentence, caught, fix })];
}

interface ItemLog {
  /** Events of item i, by time: order[start[i]] .. order[start[i + 1]]. */
  start: Int32Array;
  order: Int32Array;
  /** Time of each event of `order`. */
  time: Float64Array;
}

function logOfItems({ dataset: { events, catalogue } }: AuditView): ItemLog {
  const start = new Int32Array(catalogue.items.count + 1);
  for (let e = 0; e < events.count; e++) start[events.item[e]! + 1]!++;
  for (let i = 0; i < catalogue.items.count; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const order = new Int32Array(events.count);
  for (let e = 0; e < events.count; e++) order[next[events.item[e]!]!++] = e;
  for (let i = 0; i < catalogue.items.count; i++) {
    if (start[i + 1]! - start[i]! > 1) {
      order.subarray(start[i]!, start[i + 1]!).sort((a, b) => events.time[a]! - events.time[b]!);
    }
  }
  return { start, order, time: Float64Array.from(order, (e) => events.time[e]!) };
}

function byTime(view: AuditView, { averaged, log }: { averaged: Averaged; log: ItemLog }): Before {
  const { start, order, time } = log;
  const { events } = view.dataset;
  const sums = new RunningSums(events.label, { order, values: averaged.values });
  return (item, event) => {
    const at = events.time[event]!;
    let low = start[item]!;
    let high = start[item + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return sums.between(start[item]!, low);
  };
}

function byOrder({ dataset: { events, catalogue }, slice }: AuditView, averaged: Averaged): Before {
  const totals = Array.from({ length: 4 }, () => new Float64Array(catalogue.items.count));
  const [count, positives, meanCount, meanSum] = totals as [Float64Array, Float64Array, Float64Array, Float64Array];
  const given = (e: number): number => averaged.values?.[e] ?? Number.NaN;
  for (let e = 0; e < events.count; e++) {
    if (slice[e] !== 0) continue;
    const item = events.item[e]!;
    count[item]! += 1;
    positives[item]! += events.label[e]!;
    if (Number.isNaN(given(e))) continue;
    meanCount[item]! += 1;
    meanSum[item]! += given(e);
  }
  return (item, event) => {
    const own = slice[event] === 0 && events.item[event] === item ? 1 : 0;
    const counted = own === 1 && !Number.isNaN(given(event));
    return {
      count: count[item]! - own,
      positives: positives[item]! - own * events.label[event]!,
      meanCount: meanCount[item]! - (counted ? 1 : 0),
      meanSum: meanSum[item]! - (counted ? given(event) : 0),
    };
  };
}

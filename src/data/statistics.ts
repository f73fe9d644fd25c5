import type { CounterColumns, StatisticSchema } from "./columns.js";

/** Smoothed rates stay this far from 0 and 1, so that their logit is finite. */
export const RATE_MARGIN = 1e-6;

/** What one logged event adds to a person's or an item's counters. */
export interface CountedEvent {
  label: number;
  /** Number columns that are averaged; a missing or NaN one is skipped. */
  values?: Record<string, number>;
}

/** Counters of `size` people or items that have seen nothing yet. */
export function emptyCounters(size: number, meanColumns: readonly string[]): CounterColumns {
  const means = meanColumns.map(
    (name) => [name, { count: new Uint32Array(size), sum: new Float64Array(size) }] as const,
  );
  return { count: new Uint32Array(size), positives: new Uint32Array(size), means: Object.fromEntries(means) };
}

/** Counts one event of entity `index`. */
export function addEvent(counters: CounterColumns, index: number, { label, values }: CountedEvent): void {
  counters.count[index]! += 1;
  counters.positives[index]! += label;
  for (const [name, mean] of Object.entries(counters.means)) {
    const value = values?.[name];
    if (value === undefined || Number.isNaN(value)) continue;
    mean.count[index]! += 1;
    mean.sum[index]! += value;
  }
}

/** log(1 + count). */
export function countValue(count: number): number {
  return Math.log1p(count);
}

/** logit((positives + prior * priorMean) / (count + prior)); with no event and no prior, the logit of priorMean. */
export function rateValue(positives: number, count: number, { prior, priorMean }: Smoothing): number {
  const weight = count + prior;
  const rate = weight > 0 ? (positives + prior * priorMean) / weight : priorMean;
  const safe = Math.min(Math.max(rate, RATE_MARGIN), 1 - RATE_MARGIN);
  return Math.log(safe / (1 - safe));
}

/** (sum + prior * priorMean) / (count + prior) - priorMean; with no event and no prior, 0. */
export function meanValue(sum: number, count: number, { prior, priorMean }: Smoothing): number {
  const weight = count + prior;
  return weight > 0 ? (sum + prior * priorMean) / weight - priorMean : 0;
}

export interface Smoothing {
  /** Number of pseudo-events. */
  prior: number;
  /** Mean over the training slice. */
  priorMean: number;
}

/** One statistic of entity `index`, before standardisation. */
export function statisticValue(
  schema: Pick<StatisticSchema, "kind" | "column" | "priorMean">,
  counters: CounterColumns,
  { index, prior }: { index: number; prior: number },
): number {
  const { kind, priorMean } = schema;
  if (kind === "count") return countValue(counters.count[index] ?? 0);
  if (kind === "rate")
    return rateValue(counters.positives[index] ?? 0, counters.count[index] ?? 0, { prior, priorMean });
  const mean = counters.means[schema.column ?? ""];
  return meanValue(mean?.sum[index] ?? 0, mean?.count[index] ?? 0, { prior, priorMean });
}

/** (value - mean) / std, as the model reads it. */
export function standardise({ mean, std }: Pick<StatisticSchema, "mean" | "std">, value: number): number {
  return (value - mean) / std;
}

/** Takes "count", "rate" or "mean(column)" apart. */
export function parseStatistic(name: string): Pick<StatisticSchema, "name" | "kind" | "column"> {
  const column = /^mean\((.+)\)$/s.exec(name)?.[1]?.trim();
  if (column !== undefined) return { name, kind: "mean", column };
  return { name, kind: name === "rate" ? "rate" : "count" };
}

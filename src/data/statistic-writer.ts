import type { CounterColumns, StatisticSchema } from "./columns.js";
import { countValue, meanValue, rateValue } from "./statistics.js";

/** A number column over the events that is averaged; NaN is skipped. */
export interface MeanColumn {
  name: string;
  values: Float64Array;
}

export type Statistic = Pick<StatisticSchema, "kind" | "column" | "priorMean">;

/** Reads statistics of one entity into `out` at `offset`, one after the other. */
export type StatisticWriter = (index: number, out: Float32Array, offset: number) => void;

const TABLE = 4096;
const LOG_COUNTS = Float64Array.from({ length: TABLE }, (_, count) => countValue(count));

/** Rates of fewer events than this are computed once: most people and items of a log have few, and a logarithm costs. */
const RATES = 256;

/** A writer bound to its counters, for loops over millions of events. The values are those of statisticValue. */
export function statisticWriter(
  statistics: readonly Statistic[],
  counters: CounterColumns,
  prior: number,
): StatisticWriter {
  const { count, positives } = counters;
  const kinds = Uint8Array.from(statistics, ({ kind }) => ["count", "rate", "mean"].indexOf(kind));
  const smoothing = statistics.map(({ priorMean }) => ({ prior, priorMean }));
  const rates = statistics.map(({ kind }) => new Float64Array(kind === "rate" ? RATES * RATES : 0).fill(Number.NaN));
  const rate = (s: number, positives: number, seen: number): number => {
    if (seen >= RATES) return rateValue(positives, seen, smoothing[s]!);
    const table = rates[s]!;
    const at = seen * RATES + positives;
    if (Number.isNaN(table[at]!)) table[at] = rateValue(positives, seen, smoothing[s]!);
    return table[at]!;
  };
  const none = { count: new Uint32Array(count.length), sum: new Float64Array(count.length) };
  const means = statistics.map(({ column }) => counters.means[column ?? ""] ?? none);
  return (index, out, offset) => {
    const seen = count[index]!;
    for (let s = 0; s < kinds.length; s++) {
      if (kinds[s] === 0) out[offset + s] = seen < TABLE ? LOG_COUNTS[seen]! : countValue(seen);
      else if (kinds[s] === 1) out[offset + s] = rate(s, positives[index]!, seen);
      else out[offset + s] = meanValue(means[s]!.sum[index]!, means[s]!.count[index]!, smoothing[s]!);
    }
  };
}

/** Adds (or with sign -1 takes back) event `event` to the counters of `index`. */
export type EventCounter = (index: number, event: number, sign?: 1 | -1) => void;

/** A counter bound to the events' columns; counts as addEvent does. */
export function eventCounter(
  counters: CounterColumns,
  label: Uint8Array,
  columns: readonly MeanColumn[],
): EventCounter {
  const { count, positives } = counters;
  const means = columns.flatMap(({ name, values }) => {
    const mean = counters.means[name];
    return mean ? [{ ...mean, values }] : [];
  });
  return (index, event, sign = 1) => {
    count[index]! += sign;
    positives[index]! += sign * label[event]!;
    for (const mean of means) {
      const value = mean.values[event]!;
      if (Number.isNaN(value)) continue;
      mean.count[index]! += sign;
      mean.sum[index]! += sign * value;
    }
  };
}

/** The columns that statistics average, each once. */
export function columnsOf(statistics: readonly Statistic[]): string[] {
  return [...new Set(statistics.flatMap(({ column }) => (column === undefined ? [] : [column])))];
}

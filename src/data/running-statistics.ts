import type { CounterColumns } from "./columns.js";
import { sharedFloat32 } from "./shared-array.js";
import { columnsOf, type MeanColumn, type Statistic } from "./statistic-writer.js";
import { countValue, emptyCounters, meanValue, rateValue, type Smoothing } from "./statistics.js";

/** Logged events in the order in which they are counted; all columns lie in that order. */
export interface Sweep {
  /** Whom each event counts for: a person or an item. */
  entity: Int32Array;
  label: Uint8Array;
  /** 1 where an event begins a new moment: it knows of all events before it, those of one moment not of one another. */
  begins: Uint8Array;
  means: MeanColumn[];
}

export interface RunningOptions {
  /** Number of people or items. */
  entities: number;
  statistics: readonly Statistic[];
  prior: number;
}

/**
 * Statistics of every event's entity from the events of earlier moments, [events * statistics] in the order of the sweep,
 * and the counters after the last event. The values are those of statisticValue.
 *
 * A sweep for each statistic, with nothing but its own counters: one loop for all of them is several times as slow.
 */
export function runningStatistics(
  sweep: Sweep,
  { entities, statistics, prior }: RunningOptions,
): { values: Float32Array; counters: CounterColumns } {
  const width = statistics.length;
  const values = sharedFloat32(sweep.entity.length * width);
  const counters = emptyCounters(entities, columnsOf(statistics));
  countAll(sweep, counters);
  const swept = new Set<string>();
  for (const [at, { kind, column = "", priorMean }] of statistics.entries()) {
    const place = { values, at, width };
    const smoothing = { prior, priorMean };
    if (kind === "count") sweepCounts(sweep, { ...place, entities });
    else if (kind === "rate") sweepRates(sweep, { ...place, entities, smoothing });
    else {
      // The counters keep what the first sweep over a column leaves.
      const mean = swept.has(column) ? undefined : counters.means[column];
      swept.add(column);
      const fresh = { count: new Uint32Array(entities), sum: new Float64Array(entities) };
      const of = sweep.means.find(({ name }) => name === column);
      if (of === undefined) throw new RangeError(`No column "${column}" to average`);
      sweepMeans(sweep, { ...place, mean: mean ?? fresh, of: of.values, smoothing });
    }
  }
  return { values, counters };
}

/** Where a statistic's values go: values[k * width + at]. */
interface Place {
  values: Float32Array;
  at: number;
  width: number;
}

/** Counts and positives of all events. */
function countAll({ entity, label }: Sweep, { count, positives }: CounterColumns): void {
  for (let k = 0; k < entity.length; k++) {
    count[entity[k]!]! += 1;
    positives[entity[k]!]! += label[k]!;
  }
}

const TABLE = 4096;
const LOG_COUNTS = Float32Array.from({ length: TABLE }, (_, count) => countValue(count));

function sweepCounts({ entity, begins }: Sweep, { values, at, width, entities }: Place & { entities: number }): void {
  const count = new Int32Array(entities);
  let known = 0;
  for (let k = 0; k < entity.length; k++) {
    if (begins[k] === 1) for (; known < k; known++) count[entity[known]!]!++;
    const seen = count[entity[k]!]!;
    values[k * width + at] = seen < TABLE ? LOG_COUNTS[seen]! : countValue(seen);
  }
}

/** Rates of fewer events than this are computed once: most people and items of a log have few, and a logarithm costs. */
const RATES = 256;

function sweepRates(
  { entity, label, begins }: Sweep,
  { values, at, width, entities, smoothing }: Place & { entities: number; smoothing: Smoothing },
): void {
  // Both counters of an entity side by side: one look in the memory.
  const seenAndPositive = new Int32Array(2 * entities);
  const rates = new Float32Array(RATES * RATES).fill(Number.NaN);
  let known = 0;
  for (let k = 0; k < entity.length; k++) {
    if (begins[k] === 1) {
      for (; known < k; known++) {
        const i = 2 * entity[known]!;
        seenAndPositive[i]!++;
        seenAndPositive[i + 1]! += label[known]!;
      }
    }
    const i = 2 * entity[k]!;
    const seen = seenAndPositive[i]!;
    const positives = seenAndPositive[i + 1]!;
    if (seen >= RATES) values[k * width + at] = rateValue(positives, seen, smoothing);
    else {
      const cell = seen * RATES + positives;
      let rate = rates[cell]!;
      // biome-ignore lint/suspicious/noSelfCompare: faster than Number.isNaN here
      if (rate !== rate) {
        rate = rateValue(positives, seen, smoothing);
        rates[cell] = rate;
      }
      values[k * width + at] = rate;
    }
  }
}

function sweepMeans(
  { entity, begins }: Sweep,
  {
    values,
    at,
    width,
    mean: { count, sum },
    of,
    smoothing,
  }: Place & { mean: { count: Uint32Array; sum: Float64Array }; of: Float64Array; smoothing: Smoothing },
): void {
  let known = 0;
  const add = (until: number) => {
    for (; known < until; known++) {
      const value = of[known]!;
      if (Number.isNaN(value)) continue;
      count[entity[known]!]! += 1;
      sum[entity[known]!]! += value;
    }
  };
  for (let k = 0; k < entity.length; k++) {
    if (begins[k] === 1) add(k);
    values[k * width + at] = meanValue(sum[entity[k]!]!, count[entity[k]!]!, smoothing);
  }
  add(entity.length);
}

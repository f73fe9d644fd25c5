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
 * Statistics of every event's entity from the events of earlier moments, [events * statistics] in the order of the sweep.
 * The values are those of statisticValue.
 *
 * A sweep for each statistic, with nothing but its own counters: one loop for all of them is several times as slow.
 */
export function runningStatistics(sweep: Sweep, { entities, statistics, prior }: RunningOptions): Float32Array {
  const width = statistics.length;
  const values = sharedFloat32(sweep.entity.length * width);
  for (const [at, { kind, column = "", priorMean }] of statistics.entries()) {
    const place = { values, at, width };
    const smoothing = { prior, priorMean };
    if (kind === "count") sweepCounts(sweep, { ...place, entities });
    else if (kind === "rate") sweepRates(sweep, { ...place, entities, smoothing });
    else {
      const mean = { count: new Uint32Array(entities), sum: new Float64Array(entities) };
      sweepMeans(sweep, { ...place, mean, of: columnOf(sweep, column), smoothing });
    }
  }
  return values;
}

/** The counters after the last event; sums are added up in the order of the sweep. */
export function lastCounters(
  sweep: Sweep,
  { entities, statistics }: Pick<RunningOptions, "entities" | "statistics">,
): CounterColumns {
  const counters = emptyCounters(entities, columnsOf(statistics));
  const { entity, label } = sweep;
  const { count, positives } = counters;
  for (let k = 0; k < entity.length; k++) {
    count[entity[k]!]! += 1;
    positives[entity[k]!]! += label[k]!;
  }
  for (const [column, mean] of Object.entries(counters.means)) {
    addMeans(entity, { of: columnOf(sweep, column), mean, start: 0, end: entity.length });
  }
  return counters;
}

function columnOf({ means }: Sweep, column: string): Float64Array {
  const found = means.find(({ name }) => name === column);
  if (found === undefined) throw new RangeError(`No column "${column}" to average`);
  return found.values;
}

/** Where a statistic's values go: values[k * width + at]. */
interface Place {
  values: Float32Array;
  at: number;
  width: number;
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

interface MeanCounters {
  count: Uint32Array;
  sum: Float64Array;
}

function sweepMeans(
  { entity, begins }: Sweep,
  { values, at, width, mean, of, smoothing }: Place & { mean: MeanCounters; of: Float64Array; smoothing: Smoothing },
): void {
  const { count, sum } = mean;
  let known = 0;
  for (let k = 0; k < entity.length; k++) {
    if (begins[k] === 1) {
      addMeans(entity, { of, mean, start: known, end: k });
      known = k;
    }
    values[k * width + at] = meanValue(sum[entity[k]!]!, count[entity[k]!]!, smoothing);
  }
}

/** Adds the values that are there of events from `start` to `end`. */
function addMeans(
  entity: Int32Array,
  { of, mean: { count, sum }, start, end }: { of: Float64Array; mean: MeanCounters; start: number; end: number },
): void {
  for (let k = start; k < end; k++) {
    const value = of[k]!;
    if (Number.isNaN(value)) continue;
    count[entity[k]!]! += 1;
    sum[entity[k]!]! += value;
  }
}

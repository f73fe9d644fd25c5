import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import { Candidates } from "./candidates.js";
import { itemStatisticsByTime } from "./item-statistics.js";
import { ownItemStatistics } from "./own-item-statistics.js";
import { lastCounters, runningStatistics, type Sweep } from "./running-statistics.js";
import type { Statistic } from "./statistic-writer.js";
import { addEvent, emptyCounters, statisticValue } from "./statistics.js";

const STATISTICS: Statistic[] = [
  { kind: "rate", priorMean: 0.3 },
  { kind: "mean", column: "x", priorMean: 2 },
  { kind: "count", priorMean: 0 },
  { kind: "mean", column: "y", priorMean: -1 },
  { kind: "mean", column: "x", priorMean: 5 },
];
const PRIOR = 3;

/** Events of a few entities, the first of which has most of them; a value in ten is missing, a third begin no moment. */
function randomSweep(seed: number, { count, entities }: { count: number; entities: number }): Sweep {
  const random = new RandomStream(seed);
  const value = () => (random.below(10) === 0 ? Number.NaN : random.normal());
  return {
    entity: Int32Array.from({ length: count }, () => Math.floor(random.uniform() ** 3 * entities)),
    label: Uint8Array.from({ length: count }, () => random.below(2)),
    begins: Uint8Array.from({ length: count }, (_, k) => (k === 0 || random.below(3) > 0 ? 1 : 0)),
    means: ["x", "y"].map((name) => ({ name, values: Float64Array.from({ length: count }, value) })),
  };
}

/** The definition: an event at a time, counted when its moment is over. */
function plainStatistics({ entity, label, begins, means }: Sweep, entities: number) {
  const counters = emptyCounters(entities, ["x", "y"]);
  const values: number[] = [];
  let waiting: number[] = [];
  const count = () => {
    for (const k of waiting) {
      const numbers = Object.fromEntries(means.map((column) => [column.name, column.values[k]!]));
      addEvent(counters, entity[k]!, { label: label[k]!, values: numbers });
    }
    waiting = [];
  };
  for (let k = 0; k < entity.length; k++) {
    if (begins[k] === 1) count();
    for (const statistic of STATISTICS) {
      values.push(statisticValue(statistic, counters, { index: entity[k]!, prior: PRIOR }));
    }
    waiting.push(k);
  }
  count();
  return { values: Float32Array.from(values), counters };
}

test("one sweep a statistic gives, bit for bit, what counting an event at a time gives", () => {
  const sweep = randomSweep(1, { count: 3000, entities: 40 });
  const options = { entities: 40, statistics: STATISTICS, prior: PRIOR };
  const plain = plainStatistics(sweep, 40);
  expect(runningStatistics(sweep, options)).toEqual(plain.values);
  expect(lastCounters(sweep, options)).toEqual(plain.counters);
});

test("counts beyond every table are right", () => {
  const count = 5000;
  const sweep = { ...randomSweep(2, { count, entities: 1 }), entity: new Int32Array(count) };
  const values = runningStatistics(sweep, { entities: 1, statistics: STATISTICS, prior: PRIOR });
  expect(values).toEqual(plainStatistics(sweep, 1).values);
});

test("no event and no statistic give counters that have seen nothing", () => {
  const sweep = randomSweep(3, { count: 0, entities: 2 });
  const options = { entities: 2, statistics: [], prior: PRIOR };
  expect(runningStatistics(sweep, options)).toHaveLength(0);
  const counters = lastCounters(sweep, options);
  expect([...counters.count, ...counters.positives]).toEqual([0, 0, 0, 0]);
});

test("a thread, the caller itself and the sweep over candidates give the same statistics of items, bit for bit", async () => {
  const [count, items] = [2000, 30];
  const { entity, label, begins, means } = randomSweep(4, { count, entities: items });
  const order = Int32Array.from({ length: count }, (_, k) => k);
  new RandomStream(5).shuffle(order);
  for (let start = 0, k = 1; k <= count; k++) {
    if (k < count && begins[k] === 0) continue;
    order.subarray(start, k).sort(); // events of one time stand in ascending order
    start = k;
  }
  const input = { events: { count, item: entity, label }, items, statistics: STATISTICS, means, prior: PRIOR };
  const byTime = { order, begins };
  const here = await ownItemStatistics({ ...input, byTime });
  const aside = await ownItemStatistics({ ...input, byTime }, { worthAThread: 0 });
  expect(aside).toEqual(here);

  const event = Int32Array.from({ length: count }, (_, e) => e);
  const itemStatistics = new Float32Array(count * STATISTICS.length);
  const candidates = [
    new Candidates([{ count, event, item: entity, itemStatistics }], { size: 1, perCandidate: true, events: count }),
  ];
  expect(itemStatisticsByTime({ ...input, candidates }, byTime)).toEqual(here.counters);
  expect(itemStatistics).toEqual(here.values);
});

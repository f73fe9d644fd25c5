import { expect, test } from "vitest";
import { columnsOf, eventCounter, statisticWriter } from "./statistic-writer.js";
import {
  addEvent,
  countValue,
  emptyCounters,
  meanValue,
  parseStatistic,
  rateValue,
  standardise,
  statisticValue,
} from "./statistics.js";

test("a count is the logarithm of one more", () => {
  expect(countValue(0)).toBe(0);
  expect(countValue(9)).toBeCloseTo(Math.log(10), 12);
});

test("a rate is the logit of (positives + prior * mean) / (count + prior)", () => {
  const smoothing = { prior: 5, priorMean: 0.4 };
  expect(rateValue(0, 0, smoothing)).toBeCloseTo(Math.log(0.4 / 0.6), 12);
  expect(rateValue(3, 4, smoothing)).toBeCloseTo(Math.log(5 / 4), 12); // (3 + 2) / 9
});

test("a rate without prior stays finite at 0, at 1 and with no event", () => {
  const smoothing = { prior: 0, priorMean: 0.5 };
  expect(rateValue(0, 10, smoothing)).toBeCloseTo(Math.log(1e-6 / (1 - 1e-6)), 9);
  expect(rateValue(10, 10, smoothing)).toBeCloseTo(-Math.log(1e-6 / (1 - 1e-6)), 9);
  expect(rateValue(0, 0, smoothing)).toBe(0);
});

test("a mean is the smoothed one less the prior mean", () => {
  expect(meanValue(9, 2, { prior: 3, priorMean: 3 })).toBeCloseTo(18 / 5 - 3, 12);
  expect(meanValue(0, 0, { prior: 0, priorMean: 3 })).toBe(0);
});

test("statistics are named count, rate and mean(column)", () => {
  expect(parseStatistic("count")).toEqual({ name: "count", kind: "count" });
  expect(parseStatistic("mean(price * 2)")).toEqual({ name: "mean(price * 2)", kind: "mean", column: "price * 2" });
});

test("counters count events, positives and the values that are there", () => {
  const counters = emptyCounters(2, ["rating"]);
  addEvent(counters, 1, { label: 1, values: { rating: 4 } });
  addEvent(counters, 1, { label: 0, values: { rating: Number.NaN } });
  addEvent(counters, 1, { label: 1 });
  expect([...counters.count]).toEqual([0, 3]);
  expect([...counters.positives]).toEqual([0, 2]);
  expect(counters.means.rating?.count[1]).toBe(1);
  const schema = { kind: "mean", column: "rating", priorMean: 3 } as const;
  expect(statisticValue(schema, counters, { index: 1, prior: 1 })).toBeCloseTo(3.5 - 3, 12);
  expect(statisticValue(schema, counters, { index: 0, prior: 1 })).toBe(0);
});

test("the fast counter and writer give what addEvent and statisticValue give, counts beyond the table included", () => {
  const statistics = [
    { kind: "count", priorMean: 0 },
    { kind: "rate", priorMean: 0.3 },
    { kind: "mean", column: "x", priorMean: 2 },
  ] as const;
  const n = 5000;
  const label = Uint8Array.from({ length: n }, (_, e) => (e % 3 === 0 ? 1 : 0));
  const values = Float64Array.from({ length: n }, (_, e) => (e % 5 === 0 ? Number.NaN : e % 7));
  const slow = emptyCounters(1, columnsOf(statistics));
  const fast = emptyCounters(1, columnsOf(statistics));
  const add = eventCounter(fast, label, [{ name: "x", values }]);
  for (let e = 0; e < n; e++) {
    addEvent(slow, 0, { label: label[e]!, values: { x: values[e]! } });
    add(0, e);
  }
  expect(fast).toEqual(slow);
  const out = new Float32Array(5);
  statisticWriter(statistics, fast, 5)(0, out, 1);
  const wanted = statistics.map((schema) => Math.fround(statisticValue(schema, slow, { index: 0, prior: 5 })));
  expect([...out]).toEqual([0, ...wanted, 0]);
  add(0, n - 1, -1);
  expect(fast.count[0]).toBe(n - 1);
});

test("standardising subtracts the mean and divides by the deviation", () => {
  expect(standardise({ mean: 2, std: 4 }, 10)).toBe(2);
});

import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../../test/dataset-folder.js";
import { RandomStream } from "../../random.js";
import { auditDataset } from "./audit.js";
import { AuditView } from "./audit-view.js";
import { differs } from "./expected-statistic.js";
import { loggedValues } from "./logged-values.js";

/** 600 events of 20 people in turn; event k has value(k, a number in [0, 1)) in its column `big`. */
function bigColumn(value: (k: number, uniform: number) => number | "") {
  const random = new RandomStream(8, "big");
  const log = Array.from({ length: 600 }, (_, k) => {
    const big = value(k, random.uniform());
    return [`u${k % 20}`, `i${random.below(30)}`, 1000 * k, random.below(2), big];
  });
  return datasetFolder({
    "events.csv": csv("user,item,ts,liked,big", log),
    "dataset.yaml": `name: big
events: { from: events.csv, user: user, item: item, time: ts, label: liked, features: { big: { kind: number, from: big } } }
statistics: { user: [mean(big)], item: [mean(big)] }
`,
  }).dataset();
}

/** A tenth is missing. */
const about24 = (k: number, uniform: number): number | "" => (k % 10 === 7 ? "" : 2 ** 24 + 1000 * uniform);

test("means of numbers about 2^24, which 32 bits round to even ones, pass", async () => {
  const dataset = await bigColumn(about24);
  expect(auditDataset(dataset).failures).toEqual([]);
  const logged = loggedValues(new AuditView(dataset), "big");
  expect(logged!.rounding).toBeCloseTo(2, 3);
});

test("numbers of 2^30 + 17 and -2^30 - 40, of mean -11.5, which 32 bits round to a mean of 0, pass", async () => {
  const dataset = await bigColumn((k) => (Math.floor(k / 20) % 2 === 0 ? 2 ** 30 + 17 : -(2 ** 30) - 40));
  expect(dataset.catalogue.statistics.user[0]!.priorMean).toBe(-11.5);
  expect(auditDataset(dataset).failures).toEqual([]);
});

test("a mean of numbers about 2^24 that is off by 5 is caught in that one row", async () => {
  const dataset = await bigColumn(about24);
  const { events, rows } = dataset;
  events.userStatistics[rows.test.event[5]!]! += 5;
  expect(auditDataset(dataset).failures.map(({ check, rows: count }) => [check, count])).toEqual([
    ["user-statistics", 1],
  ]);
});

test("a value differs beyond 1e-4 (1 + |expected|) and the rounding", () => {
  expect(differs(3, 3.0003, { rounding: 0 })).toBe(false);
  expect(differs(3, 3.0005, { rounding: 0 })).toBe(true);
  expect(differs(3, 3.0005, { rounding: 2e-4 })).toBe(false);
  expect(differs(Number.NaN, 3, { rounding: 1 })).toBe(true);
});

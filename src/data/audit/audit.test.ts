import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareToy } from "../../../test/exam/toy-world.js";
import { type CheckName, type Dataset, openDataset } from "../index.js";
import { auditDataset, refuseLeaks } from "./audit.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const IMPLICIT = "{ from: events.csv, user: person, item: thing, time: second, label: implicit }";
const ORDER = "{ from: events.csv, user: person, item: thing, order: second, label: liked = 1 }";
const COUNTS = "{ user: [count], item: [count] }";
const VARIANTS = {
  clock: {},
  filtered: { history: '{ length: 12, of: "liked = 1" }' },
  leaveLast: {
    events: IMPLICIT,
    statistics: COUNTS,
    split: "{ by: leave-last }",
    more: "ranking: { negatives: 5, kind: popularity }",
  },
  order: { events: ORDER, split: "{ by: leave-last }", statistics: "{ user: [count, rate], item: [count, rate] }" },
  thinned: { more: "negatives: { keep: 0.3 }" },
};
type World = keyof typeof VARIANTS;
const WORLDS: World[] = ["clock", "filtered", "leaveLast", "order", "thinned"];

beforeAll(async () => {
  for (const world of WORLDS) await prepareToy(join(folder, world), VARIANTS[world]);
}, 60_000);

/** A copy in memory of its own, to plant leaks in. */
const world = (name: World): Dataset => openDataset(join(folder, name, "data"));

/** The names of the checks that fail, each once. */
const failing = (dataset: Dataset): CheckName[] => [
  ...new Set(auditDataset(dataset).failures.map(({ check }) => check)),
];

describe("a clean dataset passes every check", () => {
  test.each(WORLDS)("%s", (name) => {
    const report = auditDataset(world(name));
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(true);
    expect(report.checks).toHaveLength(11);
    expect(report.notChecked).toEqual([
      expect.stringMatching(/^`look`: of texts, images and vectors nothing is judged/),
    ]);
    expect(() => refuseLeaks(world(name))).not.toThrow();
  });
});

/** An event of the test slice with a history, and its user. */
function someEvent({ events, rows }: Dataset): { event: number; user: number; row: number } {
  for (let row = 0; row < rows.test.count; row++) {
    const event = rows.test.event[row]!;
    const user = events.userStart.findIndex((start, u) => start <= event && event < (events.userStart[u + 1] ?? 0));
    const length = events.historyEnd[event]! - events.historyStart[user]!;
    const room = events.historyStart[user + 1]! - events.historyEnd[event]!;
    if (length > 2 && room > 1) return { event, user, row };
  }
  throw new Error("no such event");
}

type Plant = (dataset: Dataset) => void;
const PLANTS: [string, World, CheckName[], Plant][] = [
  [
    "a later event in a history",
    "filtered",
    ["future-in-history"],
    (dataset) => {
      const { event, user } = someEvent(dataset);
      dataset.events.historyEnd[event] = dataset.events.historyStart[user + 1]!;
      // Not its own event: that one is no history, or stands later.
      const { history, time } = dataset.events;
      history!.forEach((step, k) => {
        if (step === event) history![k] = event - (time[event - 1]! < time[event]! ? 1 : 0);
      });
    },
  ],
  [
    "an event of the same time in a history",
    "clock",
    ["future-in-history"],
    ({ events }) => {
      for (let e = 1; e < events.count; e++) {
        if (events.historyEnd[e] === events.historyEnd[e - 1] && events.time[e] === events.time[e - 1]) {
          events.historyEnd[e] = e; // the one before it, of the same second
          return;
        }
      }
    },
  ],
  [
    "an event of somebody else in a history",
    "filtered",
    ["future-in-history"],
    (dataset) => {
      const { event, user } = someEvent(dataset);
      const { events } = dataset;
      const other = user === 1 ? events.userStart[3]! : 0;
      events.history![events.historyEnd[event]! - 1] = other;
      events.time[other] = 0;
    },
  ],
  [
    "the row's own event in its history",
    "leaveLast",
    ["target-in-history"],
    ({ events, rows }) => {
      const event = rows.test.event[0]!;
      events.historyEnd[event] = event + 1;
    },
  ],
  [
    "a later event in an order",
    "order",
    ["future-in-history", "target-in-history"],
    ({ events, rows }) => {
      const event = rows.valid.event[0]!;
      events.historyEnd[event] = event + 2;
    },
  ],
  [
    "a ranking candidate that the person has had",
    "leaveLast",
    ["known-negatives"],
    ({ events, ranking }) => {
      const lists = ranking.test!;
      lists.item[1] = events.item[lists.event[0]! - 1]!;
      lists.itemStatistics[1] = Number.NaN;
    },
  ],
  [
    "user statistics that know the row's own label",
    "clock",
    ["user-statistics"],
    ({ events, rows }) => {
      const event = rows.test.event[5]!;
      events.userStatistics[event * 3 + 1]! += events.label[event] === 1 ? 0.2 : -0.2;
    },
  ],
  [
    "user means that know the future",
    "clock",
    ["user-statistics"],
    ({ events, rows }) => {
      events.userStatistics[rows.test.event[5]! * 3 + 2]! += 0.05;
    },
  ],
  [
    "item statistics of the test slice in one training row",
    "clock",
    ["item-statistics", "normalisers"],
    ({ rows }) => {
      rows.train.itemStatistics[2 * 7] = Math.log1p(Math.expm1(rows.train.itemStatistics[2 * 7]!) + 1);
    },
  ],
  [
    "item statistics of an order that count the row's own event",
    "order",
    ["item-statistics"],
    ({ rows }) => {
      rows.train.itemStatistics[2 * 7] = Math.log1p(Math.expm1(rows.train.itemStatistics[2 * 7]!) + 1);
    },
  ],
  [
    "item statistics of a ranking candidate as of the end of the log",
    "leaveLast",
    ["item-statistics"],
    ({ ranking, catalogue }) => {
      const lists = ranking.valid!;
      const late = lists.item.findIndex(
        (item, k) => Math.abs(lists.itemStatistics[k]! - Math.log1p(catalogue.itemCounters.count[item]!)) > 0.01,
      );
      lists.itemStatistics[late] = Math.log1p(catalogue.itemCounters.count[lists.item[late]!]!);
    },
  ],
  [
    "a prior rate of the whole log",
    "clock",
    ["prior-means", "user-statistics"],
    ({ catalogue, events }) => {
      const mean = events.label.reduce((sum, label) => sum + label, 0) / events.count;
      catalogue.statistics.user[1]!.priorMean = mean;
    },
  ],
  [
    "a normaliser fitted on the whole log",
    "clock",
    ["normalisers"],
    ({ catalogue, events }) => {
      const [, dwell] = catalogue.eventFeatures;
      const [, column] = events.features;
      if (dwell?.kind !== "number" || column?.kind !== "number") throw new Error("no dwell");
      const present = column.values.filter(Number.isFinite).map((v) => (dwell.normaliser.log ? Math.log1p(v) : v));
      dwell.normaliser.mean = present.reduce((sum, v) => sum + v, 0) / present.length;
    },
  ],
  [
    "statistics standardised by another slice",
    "order",
    ["normalisers"],
    ({ catalogue }) => {
      catalogue.statistics.item[0]!.mean += 0.1;
    },
  ],
  [
    "an item of test in the vocabulary",
    "clock",
    ["vocabularies"],
    ({ catalogue }) => {
      catalogue.items.trained += 1;
    },
  ],
  [
    "a word of test in the vocabulary of the tags",
    "clock",
    ["vocabularies"],
    ({ catalogue }) => {
      const tags = catalogue.modalities.find(({ name }) => name === "tags");
      if (tags?.kind === "category") tags.vocabulary.push("novel");
    },
  ],
  [
    "a training row again in test",
    "clock",
    ["rows-across-splits"],
    ({ rows }) => {
      for (const column of ["event", "item", "label"] as const) rows.test[column][3] = rows.train[column][11]!;
      rows.test.itemStatistics.set(rows.train.itemStatistics.subarray(22, 24), 6);
    },
  ],
  [
    "a context column that is the label",
    "clock",
    ["telling-feature"],
    ({ events, catalogue }) => {
      const device = events.context[0]!;
      if (device.kind !== "category") throw new Error("no device");
      const size = catalogue.context[0]?.kind === "category" ? catalogue.context[0].vocabulary.length : 0;
      events.label.forEach((label, e) => {
        device.codes[e] = label === 1 ? 2 : 3 + (e % (size - 1));
      });
    },
  ],
  [
    "a number of the user's that falls with the label",
    "clock",
    ["telling-feature"],
    plantHour((label, e) => -label + 0.3 * Math.sin(e)),
  ],
  [
    "a number that is there for one label alone",
    "clock",
    ["telling-feature"],
    plantHour((label) => (label === 1 ? 5 : Number.NaN)),
  ],
];

/** Gives the hour of the context other values, normalised as training has them. */
function plantHour(value: (label: number, event: number) => number): Plant {
  return ({ events, catalogue }) => {
    const [, hour] = events.context;
    const schema = catalogue.context[1];
    if (hour?.kind !== "number" || schema?.kind !== "number") throw new Error("no hour");
    events.label.forEach((label, e) => {
      hour.values[e] = value(label, e);
    });
    const train = hour.values.filter((v, e) => inTraining(e) && !Number.isNaN(v));
    const mean = train.reduce((sum, v) => sum + v, 0) / train.length;
    const std = Math.sqrt(train.reduce((sum, v) => sum + (v - mean) ** 2, 0) / train.length);
    schema.normaliser = { log: false, mean, std: std || 1 };
  };
}

function inTraining(event: number): boolean {
  trainingEvents ??= new Set(world("clock").rows.train.event);
  return trainingEvents.has(event);
}
let trainingEvents: Set<number> | undefined;

describe("a planted leak is caught by name", () => {
  test.each(PLANTS)("%s (%s): %j", (_, name, checks, plant) => {
    const dataset = world(name);
    plant(dataset);
    const found = failing(dataset);
    expect(found).toEqual(expect.arrayContaining(checks));
    const extra = found.filter((check) => !checks.includes(check));
    // A moved history or row may also show where the statistics no longer fit; nothing else may.
    expect(extra.filter((check) => check !== "user-statistics" && check !== "item-statistics")).toEqual([]);
  });
});

test("a finding counts its rows, names three of them by the ids of the log, and says what to do", () => {
  const dataset = world("clock");
  const { rows, events } = dataset;
  for (let r = 0; r < 5; r++) events.userStatistics[rows.test.event[r]! * 3] = 9;
  const [finding, ...others] = auditDataset(dataset).failures;
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    check: "user-statistics",
    sentence: "`count` of the user is not that of the strictly earlier events",
    rows: 5,
    fix: expect.stringContaining("Prepare the dataset again"),
  });
  expect(finding?.examples).toHaveLength(3);
  expect(finding?.examples[0]).toMatchObject({ user: expect.stringMatching(/^p10\d\d$/), time: expect.any(Number) });
  expect(finding?.examples[0]?.item).toMatch(/^t1\d\d$/);
});

test("training is refused with the finding, its rows and an example", () => {
  const dataset = world("leaveLast");
  const event = dataset.rows.test.event[0]!;
  dataset.events.historyEnd[event] = event + 1;
  expect(() => refuseLeaks(dataset)).toThrow(
    /data: this dataset leaks \(target-in-history\): the history holds the very event that the row is about: got 2 such rows, such as user p10\d\d, item t1\d\d, 2020-09-\d\d \d\d:\d\d:\d\d\..+`mmdin audit --data/,
  );
});

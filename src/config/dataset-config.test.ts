import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { datasetJsonSchema, readDatasetConfig } from "./dataset-config.js";
import { secondsOf } from "./seconds.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, options: { root?: string } = {}) {
  const path = join(folder, "dataset.yaml");
  writeFileSync(path, text);
  return readDatasetConfig(path, options);
}

function refused(text: string): string {
  try {
    read(text);
  } catch (error) {
    return String(error).replaceAll(join(folder, "dataset.yaml"), "dataset.yaml");
  }
  throw new Error("not refused");
}

const EXPLICIT = "name: a\nevents: { from: e.csv, user: u, item: i, time: t, label: y }\n";
const IMPLICIT = "name: a\nevents: { from: e.csv, user: u, item: i, time: t, label: implicit }\n";
const ORDER = "name: a\nevents: { from: e.csv, user: u, item: i, order: p, label: implicit }\n";

test("explicit labels: defaults are a split by time, counts and rates, a history of 50 and no negatives", () => {
  const { config } = read(EXPLICIT);
  expect(config.split).toEqual({ by: "time", train: 0.8, valid: 0.1, test: 0.1 });
  expect(config.statistics).toEqual({ user: ["count", "rate"], item: ["count", "rate"], prior: 5 });
  expect(config.history).toEqual({ length: 50, of: "true" });
  expect(config.negatives).toBeNull();
  expect(config.ranking).toBeNull();
});

test("implicit labels: one uniform negative and counts; leave-last adds 100 fixed candidates", () => {
  const { config } = read(IMPLICIT);
  expect(config.negatives).toEqual({ perPositive: 1, sampler: "uniform" });
  expect(config.statistics).toEqual({ user: ["count"], item: ["count"], prior: 5 });
  expect(config.ranking).toBeNull();
  expect(read(`${IMPLICIT}split: { by: leave-last }`).config.ranking).toEqual({ negatives: 100, kind: "uniform" });
});

test("an order is split by leave-last where nothing else is said", () => {
  expect(read(ORDER).config.split).toEqual({ by: "leave-last" });
});

test("statistics: false means none, and an unquoted true is an expression", () => {
  const { config } = read(`${EXPLICIT}statistics: false\nhistory: { of: true }`);
  expect(config.statistics).toEqual({ user: [], item: [], prior: 5 });
  expect(config.history.of).toBe("true");
});

test("the root is relative to the file and replaced by the option", () => {
  expect(read(`${EXPLICIT}root: data`).root).toBe(join(folder, "data"));
  expect(read(EXPLICIT, { root: "elsewhere" }).root).toBe(resolve("elsewhere"));
});

test("dates split by time are kept and must be in order", () => {
  expect(read(`${EXPLICIT}split: { by: time, valid: 2018-01-01, test: 2018-02-01 }`).config.split).toEqual({
    by: "time",
    valid: "2018-01-01",
    test: "2018-02-01",
  });
  expect(refused(`${EXPLICIT}split: { by: time, valid: 2018-03-01, test: 2018-02-01 }`)).toContain(
    "the test slice must start after the validation slice",
  );
  expect(refused(`${EXPLICIT}split: { by: time, valid: soon, test: 2018-02-01 }`)).toContain(
    "dataset.yaml:3:20 (split.valid): not a date: expected a date such as 2018-01-31, or seconds since 1970, got soon",
  );
});

test.each([
  [
    "rate with implicit labels",
    `${IMPLICIT}statistics: { user: [rate] }`,
    "`rate` says nothing where every logged event is positive",
  ],
  ["a time split of an order", `${ORDER}split: { by: time }`, "an order has no clock to split by"],
  [
    "a sampler for explicit labels",
    `${EXPLICIT}negatives: { keep: 0.5, sampler: uniform }`,
    "(negatives.sampler): negatives are drawn for implicit labels only",
  ],
  [
    "keep for implicit labels",
    `${IMPLICIT}negatives: { keep: 0.5 }`,
    "(negatives.keep): `keep` thins real negatives, and implicit labels have none",
  ],
  ["a share of 0", `${EXPLICIT}negatives: { keep: 0 }`, "(negatives.keep)"],
  ["negatives of explicit labels", `${EXPLICIT}negatives: {}`, "negatives are drawn for implicit labels only"],
  ["ranking of explicit labels", `${EXPLICIT}ranking: {}`, "ranking files need implicit labels"],
  [
    "parts that make no whole",
    `${EXPLICIT}split: { by: time, train: 0.8, valid: 0.1, test: 0.2 }`,
    "expected a sum of 1, got 1.1",
  ],
  [
    "id as a modality",
    `${EXPLICIT}items: { from: i, id: i, modalities: { id: { kind: number, from: x } } }`,
    'a modality cannot be named "id"',
  ],
  [
    "all as a modality",
    `${EXPLICIT}items: { from: i, id: i, modalities: { all: { kind: number, from: x } } }`,
    'a modality cannot be named "all"',
  ],
  [
    "a name twice",
    `${EXPLICIT}items: { modalities: { v: { kind: vector, from: x } } }\ncontext: { features: { v: { kind: number, from: x } } }`,
    '"v" is already the name of items.modalities.v',
  ],
  [
    "a name with a space",
    `${EXPLICIT}context: { features: { "a b": { kind: number, from: x } } }`,
    "a name is made of letters, digits, _ and -",
  ],
  [
    "both time and order",
    "name: a\nevents: { from: e, user: u, item: i, time: t, order: p, label: y }",
    "events need either `time` or `order`",
  ],
  [
    "neither time nor order",
    "name: a\nevents: { from: e, user: u, item: i, label: y }",
    "events need either `time` or `order`",
  ],
  ["no source of events", "name: a\nevents: { user: u, item: i, time: t, label: y }", 'option "from" is missing'],
  [
    "a source beside a split by file",
    `${EXPLICIT}split: { by: file, train: a, valid: b, test: c }`,
    "`split: { by: file }` names the sources itself",
  ],
  ["items without id", `${EXPLICIT}items: { from: i.csv }`, "items need both `from` and `id`"],
  [
    "features of users without a table",
    `${EXPLICIT}users: { features: { age: { kind: number, from: age } } }`,
    "features of users need a table of users",
  ],
  [
    "a category without a table of items",
    `${EXPLICIT}items: { modalities: { g: { kind: category, from: g } } }`,
    "this modality needs a table of items",
  ],
  [
    "a statistic that does not exist",
    `${EXPLICIT}statistics: { item: [median(x)] }`,
    "a statistic is count, rate or mean(<number>)",
  ],
  ["a statistic twice", `${EXPLICIT}statistics: { item: [count, count] }`, 'statistic "count" is named twice'],
])("%s is refused", (_, text, message) => {
  expect(refused(text)).toContain(message);
});

test("a file that is not there is an IO error with its path", () => {
  expect(() => readDatasetConfig(join(folder, "none.yaml"))).toThrow(
    "the dataset's configuration cannot be read: got nothing at this path. Give",
  );
  expect(() => readDatasetConfig(folder)).toThrow("the dataset's configuration cannot be read: got a folder.");
});

test("dates without a zone are UTC, and large numbers are milliseconds", () => {
  expect(secondsOf("2018-01-01")).toBe(1514764800);
  expect(secondsOf("2018-01-01 01:00:00")).toBe(1514768400);
  expect(secondsOf("2018-01-01T01:00:00+01:00")).toBe(1514764800);
  expect(secondsOf(1514764800000)).toBe(1514764800);
});

test("the JSON Schema for editors describes every top-level key", () => {
  const schema = datasetJsonSchema();
  expect(Object.keys(Object(schema.properties))).toEqual([
    "name",
    "root",
    "events",
    "items",
    "users",
    "context",
    "history",
    "statistics",
    "negatives",
    "split",
    "ranking",
  ]);
  expect(JSON.stringify(schema)).toContain("An SQL expression over the columns of the source");
});

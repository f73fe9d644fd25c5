import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { IdIndex, loadIds } from "./index.js";

const EVENTS = csv("user,item,ts,liked,rating,device", [
  ["a", "x", 100, 1, 5, "phone"],
  ["a", "z", 200, 1, 4, "tv"],
  ["a", "y", 200, 0, 2, "tv"],
  ["b", "x", 150, 0, 1, ""],
  ["a", "x", 300, 1, 5, "phone"],
  ["b", "y", 300, 1, 4, "phone"],
  ["c", "z", 400, 1, 3, "watch"],
  ["a", "w", 500, 0, 2.5, "tv"],
]);
const ITEMS = [
  { id: "z", tags: ["b", "a", "a"], kind: "film", price: 3 },
  { id: "y", tags: [], kind: null, price: null },
  { id: "x", tags: ["a"], kind: "film", price: 1 },
  { id: "v", tags: ["c"], kind: "film", price: 9 },
  { id: "w", tags: ["c", "d", "a"], kind: "game", price: 5 },
]
  .map((item) => JSON.stringify(item))
  .join("\n");
const USERS = csv("name,age,town", [
  ["c", 20, "Ulm"],
  ["b", 40, "Bonn"],
  ["d", 99, "Bonn"],
]);
const YAML = `
name: tiny
events:
  from: events.csv
  user: user
  item: item
  time: ts
  label: liked
  features: { rating: { kind: category, from: rating } }
items:
  from: items.jsonl
  id: id
  modalities:
    tags: { kind: category, from: tags, multiple: true }
    kind: { kind: category, from: kind }
    price: { kind: number, from: price }
    look: { kind: vector, from: "CASE WHEN price < 9 THEN [price, 1] END" }
users:
  from: users.csv
  id: name
  features: { age: { kind: number, from: age }, town: { kind: category, from: town } }
context: { features: { device: { kind: category, from: device }, second: { kind: number, from: ts % 60 } } }
statistics: { user: [count, rate, mean(rating)], item: [count, rate, mean(rating)], prior: 2 }
split: { by: time, valid: 350, test: 450 }
`;
const tiny = (more: Record<string, string> = {}) =>
  datasetFolder({ "dataset.yaml": YAML, "events.csv": EVENTS, "items.jsonl": ITEMS, "users.csv": USERS, ...more });

test("items and users: unknown first, then those of training, then the rest, each in the order of their ids", async () => {
  const { catalogue } = await tiny().dataset();
  expect(loadIds(catalogue, "items")).toEqual(["", "x", "y", "z", "v", "w"]);
  expect(catalogue.items).toEqual({ count: 6, trained: 3 });
  expect(loadIds(catalogue, "users")).toEqual(["", "a", "b", "c", "d"]);
  expect(catalogue.users).toEqual({ count: 5, trained: 2, embed: false });
  const index = IdIndex.of(catalogue, "items");
  expect(["w", "nothing", ""].map((id) => index.indexOf(id))).toEqual([5, 0, 0]);
});

test("timelines are sorted by user, time and item, over shared memory", async () => {
  const { events } = await tiny().dataset();
  expect([...events.userStart]).toEqual([0, 0, 5, 7, 8, 8]);
  expect([...events.item]).toEqual([1, 2, 3, 1, 5, 1, 2, 3]);
  expect([...events.time]).toEqual([100, 200, 200, 300, 500, 150, 300, 400]);
  expect([...events.label]).toEqual([1, 0, 1, 1, 0, 0, 1, 1]);
  expect(events.item.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(events.userStatistics.buffer).toBe(events.item.buffer);
});

test("history ends before the first event of the same time", async () => {
  const { events } = await tiny().dataset();
  expect(events.history).toBeNull();
  expect(events.historyStart).toBe(events.userStart);
  expect([...events.historyEnd]).toEqual([0, 1, 1, 3, 4, 5, 6, 7]);
});

test("`history.of` keeps only the events that make history", async () => {
  const { events } = await tiny({ "dataset.yaml": `${YAML}history: { of: rating >= 4 }\n` }).dataset();
  expect([...(events.history ?? [])]).toEqual([0, 2, 3, 6]);
  expect([...events.historyStart]).toEqual([0, 0, 3, 4, 4, 4]);
  expect([...events.historyEnd]).toEqual([0, 1, 1, 2, 3, 3, 3, 4]);
});

test("rows follow the dates of the split", async () => {
  const { rows } = await tiny().dataset();
  expect([...rows.train.event]).toEqual([0, 1, 2, 3, 5, 6]);
  expect([...rows.valid.event]).toEqual([7]);
  expect([...rows.test.event]).toEqual([4]);
  expect([...rows.train.item]).toEqual([1, 2, 3, 1, 1, 2]);
  expect([...rows.train.label]).toEqual([1, 0, 1, 1, 0, 1]);
});

test("user statistics know strictly earlier events, smoothed towards the training mean", async () => {
  const { events, catalogue } = await tiny().dataset();
  const [, rate, mean] = catalogue.statistics.user;
  expect(rate?.priorMean).toBeCloseTo(4 / 6, 12);
  expect(mean?.priorMean).toBeCloseTo(21 / 6, 12);
  const of = (event: number) => [...events.userStatistics.subarray(event * 3, event * 3 + 3)];
  // (positives + 2 * 2/3) / (count + 2), (sum + 2 * 3.5) / (count + 2) - 3.5
  expect(of(0)).toEqual([0, Math.fround(Math.log(2)), 0]);
  expect(of(3)[0]).toBeCloseTo(Math.log(4), 6);
  expect(of(3)[1]).toBeCloseTo(Math.log(2), 6);
  expect(of(3)[2]).toBeCloseTo(18 / 5 - 3.5, 6);
  expect(of(1)).toEqual(of(2));
});

test("item statistics know everybody's strictly earlier events", async () => {
  const { rows } = await tiny().dataset();
  const of = (row: number) => [...rows.train.itemStatistics.subarray(row * 3, row * 3 + 3)];
  // a rates x at 300: before it, a liked x (5) and b did not (1).
  expect(of(3)[0]).toBeCloseTo(Math.log(3), 6);
  expect(of(3)[1]).toBeCloseTo(Math.log(7 / 12 / (5 / 12)), 6);
  expect(of(3)[2]).toBeCloseTo(13 / 4 - 3.5, 6);
  expect(of(0)[0]).toBe(0);
});

test("the counters saved are those after the last event, whatever its split", async () => {
  const { catalogue } = await tiny().dataset();
  expect([...catalogue.itemCounters.count]).toEqual([0, 3, 2, 2, 0, 1]);
  expect([...catalogue.itemCounters.positives]).toEqual([0, 2, 1, 2, 0, 0]);
  expect([...(catalogue.itemCounters.means.rating?.sum ?? [])]).toEqual([0, 11, 6, 7, 0, 2.5]);
  expect(catalogue.lastTime).toBe(500);
});

test("statistics are standardised on the rows of training", async () => {
  const { catalogue, events, rows } = await tiny().dataset();
  const counts = Array.from(rows.train.event, (e) => events.userStatistics[e * 3] ?? 0);
  const mean = counts.reduce((sum, value) => sum + value, 0) / 6;
  const std = Math.sqrt(counts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6);
  expect(catalogue.statistics.user[0]?.mean).toBeCloseTo(mean, 6);
  expect(catalogue.statistics.user[0]?.std).toBeCloseTo(std, 6);
});

test("codes of event and context features: vocabularies come from training, whole numbers lose their point", async () => {
  const { catalogue, events } = await tiny().dataset();
  expect(catalogue.eventFeatures).toEqual([{ name: "rating", kind: "category", vocabulary: ["1", "2", "4", "5"] }]);
  expect(events.features[0]).toEqual({ kind: "category", codes: Uint8Array.of(5, 3, 4, 5, 1, 2, 4, 1) });
  const [device, second] = catalogue.context;
  expect(device).toEqual({ name: "device", kind: "category", vocabulary: ["phone", "tv"] });
  expect(events.context[0]).toEqual({ kind: "category", codes: Uint8Array.of(2, 3, 3, 2, 3, 0, 2, 1) });
  expect(second?.kind === "number" && second.normaliser.mean).toBeCloseTo((40 + 20 + 20 + 30 + 0 + 0) / 6, 5);
  expect(events.context[1]).toEqual({ kind: "number", values: Float32Array.of(40, 20, 20, 0, 20, 30, 0, 40) });
});

test("modalities: lists without repeats, unknown values once, missing ones empty", async () => {
  const { modalities } = (await tiny().dataset()).catalogue;
  const [tags, kind, price, look] = modalities;
  expect(tags).toMatchObject({ vocabulary: ["a", "b"], multiple: true });
  expect(tags?.kind === "category" && [[...tags.offsets], [...tags.codes]]).toEqual([
    [0, 0, 1, 1, 3, 4, 6],
    [2, 2, 3, 1, 2, 1],
  ]);
  expect(kind).toMatchObject({ vocabulary: ["film"], multiple: false });
  expect(kind?.kind === "category" && [[...kind.offsets], [...kind.codes]]).toEqual([
    [0, 0, 1, 1, 2, 3, 4],
    [2, 2, 2, 1],
  ]);
  expect(price).toMatchObject({ normaliser: { log: false, mean: 2, std: 1 } });
  expect(price?.kind === "number" && [...price.values]).toEqual([Number.NaN, 1, Number.NaN, 3, 9, 5]);
  expect(look?.kind === "vector" && [[...look.row], [...look.values], look.dimension]).toEqual([
    [-1, 0, -1, 1, -1, 2],
    [1, 1, 3, 1, 5, 1],
    2,
  ]);
});

test("features of users are fitted on users of training, and users without events are kept", async () => {
  const { schema, columns } = (await tiny().dataset()).catalogue.userFeatures;
  expect(schema).toEqual([
    { name: "age", kind: "number", normaliser: { log: false, mean: 40, std: 1 } },
    { name: "town", kind: "category", vocabulary: ["Bonn"] },
  ]);
  expect(columns).toEqual([
    { kind: "number", values: Float32Array.of(Number.NaN, Number.NaN, 40, 20, 99) },
    { kind: "category", codes: Uint8Array.of(0, 0, 2, 1, 2) },
  ]);
});

test("the summary counts rows, labels, times, cold items and coverage", async () => {
  const summary = await tiny().prepare();
  expect(summary.splits.train).toEqual({
    rows: 6,
    positives: 4,
    labelRate: 4 / 6,
    users: 2,
    items: 3,
    firstTime: 100,
    lastTime: 300,
    unknownItemShare: 0,
  });
  expect(summary.splits.test).toMatchObject({ rows: 1, unknownItemShare: 1, firstTime: 500 });
  expect(summary).toMatchObject({
    events: 8,
    users: 4,
    items: 5,
    dropped: {},
    eventsWithoutRow: 0,
    itemsNotInTable: 0,
  });
  expect(summary.modalities.price).toEqual({
    items: 4 / 5,
    trainedItems: 2 / 3,
    rows: { train: 4 / 6, valid: 1, test: 1 },
    events: 6 / 8,
    // y alone has no price: 3 of 4 liked rows have one, 1 of 2 others. x is more popular than the median item, y.
    missing: { labelAuc: 0.5 + (3 / 4 - 1 / 2) / 2, popularityAuc: 0.5 + (1 - 1 / 2) / 2 },
  });
  expect(summary.modalities.kind?.trainedItems).toBe(2 / 3);
});

test("the same sources give the same hash, another seed of nothing random too", async () => {
  const folder = tiny();
  const [first, second] = [await folder.prepare({ out: "one" }), await folder.prepare({ out: "two", seed: 9 })];
  expect(second.hash).toBe(first.hash);
});

test("an item of the log that the table does not hold exists with all modalities missing", async () => {
  const folder = tiny({ "events.csv": `${EVENTS}a,new,120,1,3,tv\n` });
  const { catalogue, manifest } = await folder.dataset();
  const index = IdIndex.of(catalogue, "items").indexOf("new");
  expect(index).toBe(1);
  for (const column of catalogue.modalities) {
    if (column.kind === "category") expect(column.offsets[index + 1]).toBe(column.offsets[index]);
    else
      expect(column.kind === "number" ? column.values[index] : column.row[index]).toBe(
        column.kind === "number" ? Number.NaN : -1,
      );
  }
  expect(manifest.summary).toMatchObject({ itemsNotInTable: 1 });
});

test("a split by file takes each file's rows, and all of them make history", async () => {
  const part = (rows: [string, string, number, number][]) => csv("user,item,ts,liked", rows);
  const folder = datasetFolder({
    "train.csv": part([
      ["a", "x", 1, 1],
      ["a", "y", 2, 0],
    ]),
    "valid.csv": part([["a", "z", 3, 1]]),
    "test.csv": part([
      ["a", "x", 4, 0],
      ["b", "y", 1, 1],
    ]),
    "dataset.yaml": `name: files
events: { user: user, item: item, time: ts, label: liked }
split: { by: file, train: train.csv, valid: valid.csv, test: test.csv }`,
  });
  const { rows, events, catalogue } = await folder.dataset();
  expect(["train", "valid", "test"].map((split) => rows[split as "train"].count)).toEqual([2, 1, 2]);
  expect([...events.historyEnd]).toEqual([0, 1, 2, 3, 4]);
  expect(catalogue.items).toEqual({ count: 4, trained: 2 });
});

test("times in milliseconds, ISO text with and without a zone, and timestamps of DuckDB are seconds, UTC", async () => {
  const times = ["1600000000000", "2020-09-13T12:26:41Z", "2020-09-13 12:26:42", "2020-09-13T14:26:43+02:00"];
  const folder = datasetFolder({
    "events.csv": csv(
      "user,item,ts,liked",
      times.map((time, k) => ["a", `i${k}`, time, k % 2]),
    ),
    "dataset.yaml": `name: times
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
split: { by: time, valid: "2020-09-13T12:26:42", test: "2020-09-13T12:26:43Z" }`,
  });
  const { events, rows } = await folder.dataset();
  expect([...events.time]).toEqual([0, 1, 2, 3].map((k) => 1_600_000_000 + k));
  expect([rows.train.count, rows.valid.count, rows.test.count]).toEqual([2, 1, 1]);
});

test("CRLF line ends, quoted fields, semicolons and ids with leading zeros are read as they are", async () => {
  const lines = ["user;item;ts;liked", '007;"a;b";1;1', "7;c;2;true", "007;c;3;0", "0042;c;4;false"];
  const folder = datasetFolder({
    "events.csv": `${lines.join("\r\n")}\r\n`,
    "dataset.yaml": `name: ids
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
split: { by: time, train: 0.5, valid: 0.25, test: 0.25 }`,
  });
  const { catalogue, events } = await folder.dataset();
  expect(loadIds(catalogue, "users")).toEqual(["", "007", "7", "0042"]);
  expect(loadIds(catalogue, "items")).toEqual(["", "a;b", "c"]);
  expect([...events.label]).toEqual([1, 0, 1, 0]);
});

test("a column may be named with spaces or like a word of SQL", async () => {
  const folder = datasetFolder({
    "events.csv": csv("User Id,select,order,Group", [
      ["a", "x", 3, 1],
      ["a", "y", 1, 0],
      ["a", "z", 2, 0],
      ["a", "w", 4, 1],
      ["a", "v", 5, 1],
    ]),
    "dataset.yaml": `name: words
events: { from: events.csv, user: User Id, item: select, order: order, label: group }`,
  });
  const { catalogue, events } = await folder.dataset();
  expect(Array.from(events.item, (item) => loadIds(catalogue, "items")[item])).toEqual(["y", "z", "x", "w", "v"]);
  expect([...events.time]).toEqual([1, 2, 3, 4, 5]);
  expect(catalogue.history.clock).toBe("order");
});

test("events and rows take at most 64 bytes an event, negatives included", async () => {
  const n = 20_000;
  const rows = Array.from({ length: n }, (_, k) => [
    `u${k % 500}`,
    `i${(k * 7) % 900}`,
    1_600_000_000 + k,
    1 + (k % 5),
  ]);
  const folder = datasetFolder({
    "events.csv": csv("user,item,ts,rating", rows),
    "dataset.yaml": `name: bytes
events: { from: events.csv, user: user, item: item, time: ts, label: implicit, features: { rating: { kind: category, from: rating } } }
context: { features: { hour: { kind: category, from: hour(to_timestamp(ts)) } } }
statistics: { user: [count, mean(rating)], item: [count, mean(rating)] }`,
  });
  const { bytes } = await folder.prepare();
  expect(bytes.perEvent).toBeLessThanOrEqual(64);
  expect(bytes.perEvent).toBeGreaterThan(55);
});

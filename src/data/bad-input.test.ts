import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { MmdinError } from "../errors.js";

const EVENTS = csv(
  "user,item,ts,label",
  Array.from({ length: 20 }, (_, k) => [`u${k % 4}`, `i${k % 7}`, 1_600_000_000 + k * 100, k % 2]),
);
const ITEMS = csv(
  "id,cat,price",
  Array.from({ length: 7 }, (_, k) => [`i${k}`, `c${k % 3}`, k * 1.5]),
);
const YAML = `name: bad
events: { from: events.csv, user: user, item: item, time: ts, label: label }
items: { from: items.csv, id: id, modalities: { cat: { kind: category, from: cat }, price: { kind: number, from: price } } }
`;

type Files = Record<string, string | Uint8Array>;

/** The message of the error, with the folder taken out; nothing but the sources remains in the folder. */
async function refused(files: Files): Promise<{ code: string; message: string }> {
  const all = { "events.csv": EVENTS, "items.csv": ITEMS, "dataset.yaml": YAML, ...files };
  const folder = datasetFolder(all);
  const error: unknown = await folder.prepare().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(folder.names()).toEqual([...new Set(Object.keys(all).map((name) => name.split("/")[0] ?? name))].sort());
  if (!(error instanceof MmdinError)) throw new Error(`no MmdinError but ${String(error)}`);
  return { code: error.code, message: error.message.replaceAll(`${folder.path}/`, "").replaceAll(folder.path, ".") };
}

const yaml = (from: string, to: string): Files => ({ "dataset.yaml": YAML.replace(from, to) });
const more = (lines: string): Files => ({ "events.csv": EVENTS + lines });
const events = (name: string, content: string): Files => ({ ...yaml("events.csv", name), [name]: content });
const JSONL = Array.from({ length: 9 }, (_, k) => JSON.stringify({ user: "a", item: `i${k}`, ts: k, label: 1 }));

const CASES: [string, Files, string, string][] = [
  [
    "a missing file",
    yaml("events.csv", "event.csv"),
    "DATA",
    'dataset.yaml:2:11 (events.from): no file "event.csv" in .. Did you mean "events.csv"?',
  ],
  [
    "a missing folder",
    yaml("events.csv", "log/e.csv"),
    "DATA",
    "The folder log does not exist: check `root` (or --root).",
  ],
  ["a glob without a file", yaml("events.csv", "e*.parquet"), "DATA", 'no file matches "e*.parquet"'],
  ["an empty file", { "events.csv": "" }, "DATA", 'the file "events.csv" is empty'],
  ["a header alone", { "events.csv": "user,item,ts,label\n" }, "DATA", "there are no events: got an empty source"],
  [
    "an unknown format",
    { ...yaml("events.csv", "events.foo"), "events.foo": "x" },
    "CONFIG",
    "expected .csv, .tsv, .jsonl, .ndjson, .json or .parquet, got events.foo",
  ],
  [
    "a missing column",
    yaml("user: user", "user: usr"),
    "DATA",
    'dataset.yaml:2:29 (events.user): no column "usr" in events.csv. Did you mean "user"? Columns of events.csv: user, item, ts, label.',
  ],
  [
    "a missing column that is a word of SQL",
    { "events.csv": EVENTS.replace("user", "who") },
    "DATA",
    'no column "user" in events.csv. Columns of events.csv: who, item, ts, label.',
  ],
  [
    "a missing column inside an expression",
    yaml("label: label", "label: lable > 3"),
    "DATA",
    'no column "lable" in events.csv. Did you mean "label"?',
  ],
  [
    "a missing column of the items",
    yaml("from: price", "from: prize"),
    "DATA",
    'dataset.yaml:3:108 (items.modalities.price.from): no column "prize" in items.csv. Did you mean "price"?',
  ],
  [
    "a missing column of a statistic",
    { "dataset.yaml": `${YAML}statistics: { user: [mean(rating)] }` },
    "DATA",
    'dataset.yaml:4:22 (statistics.user.0): no column "rating"',
  ],
  [
    "an expression that is no SQL",
    yaml("label: label", "label: 'label >'"),
    "DATA",
    'dataset.yaml:2:63 (events.label): syntax error at or near ")"',
  ],
  [
    "a row with too few fields",
    more("u1,i2\n"),
    "DATA",
    "events.csv:22: this row cannot be read: expected 4 columns, got 2. Correct the line (u1,i2).",
  ],
  [
    "a row with too many fields",
    more("u1,i2,1600000000,1,9\nu1,i2,1600000000,1\n"),
    "DATA",
    "events.csv:22: this row cannot be read: expected 4 columns, got 5",
  ],
  [
    "a bad value after thousands of good ones",
    more(`${"u1,i2,1600000000,1\n".repeat(30_000)}u1,i2,never,1\n`),
    "DATA",
    'events.csv:30022: this row cannot be read: expected BIGINT in column "ts", got "never"',
  ],
  [
    "a line that is no JSON",
    events("e.jsonl", JSONL.toSpliced(5, 1, "{bad").join("\n")),
    "DATA",
    "e.jsonl:6: this row cannot be read: unexpected character.",
  ],
  [
    "a number that is none",
    { "items.csv": `${ITEMS}i9,c,cheap\n` },
    "DATA",
    "items.csv:9: `price` cannot be computed: Could not convert string 'cheap' to DOUBLE",
  ],
  [
    "a time that is none",
    more("u1,i2,yesterday,1\n"),
    "DATA",
    "events.csv:22: this time cannot be read: expected seconds or milliseconds since 1970, or an ISO time, got yesterday. It is `ts` at dataset.yaml:2:53 (events.time).",
  ],
  [
    "a time in the future",
    more("u1,i2,4600000000,1\n"),
    "DATA",
    "events.csv:22: this time lies in the future: expected at most a day from now, got 4600000000. The latest is 2115-10-08T17:46:40.000Z",
  ],
  [
    "a label of 2",
    more("u1,i2,1600000000,2\n"),
    "DATA",
    "events.csv:22: this label is neither 0 nor 1: expected 0 or 1, true or false, got 2. The label is `label` at dataset.yaml:2:63 (events.label).",
  ],
  [
    "labels of text",
    more("u1,i2,1600000000,maybe\nu1,i2,1600000000,no idea\n"),
    "DATA",
    "got maybe. The label is `label` at dataset.yaml:2:63 (events.label) (2 rows are like this).",
  ],
  [
    "ids twice",
    { "items.csv": `${ITEMS}i1,c,1\ni2,c,1\n` },
    "DATA",
    'dataset.yaml:3:27 (items.id): ids come more than once in items.csv: "i1" (2 times), "i2" (2 times): expected one row per id',
  ],
  [
    "a list without multiple",
    yaml("from: cat", "from: '[cat]'"),
    "DATA",
    '"cat" is a list: expected one value, got VARCHAR[]. Set `multiple: true`.',
  ],
  [
    "multiple without a list",
    yaml("kind: category,", "kind: category, multiple: true,"),
    "DATA",
    "Make a list of it, such as string_split(column, '|')",
  ],
  [
    "an empty split",
    { "dataset.yaml": `${YAML}split: { by: time, valid: 2030-01-01, test: 2031-01-01 }` },
    "DATA",
    "dataset.yaml:4:1 (split): the valid split is empty: expected at least one row, got 0 of 20 events",
  ],
  [
    "too few items for negatives",
    { "dataset.yaml": `${YAML.replace("label: label", "label: implicit")}split: { by: leave-last }` },
    "DATA",
    'too few items to draw negatives for user "u0": expected 100 items that the user has not had, got 2',
  ],
  [
    "a file of https",
    yaml("events.csv", "https://mmdin.invalid/events.csv"),
    "OFFLINE",
    'needs DuckDB\'s extension "httpfs", which cannot be downloaded here',
  ],
  ["a file of s3", yaml("events.csv", "s3://bucket/events.parquet"), "OFFLINE", 'needs DuckDB\'s extension "httpfs"'],
  [
    "a table of postgres",
    yaml("events.csv", "postgres://me@mmdin.invalid/shop?table=events"),
    "OFFLINE",
    'needs DuckDB\'s extension "postgres_scanner"',
  ],
  [
    "a query of a missing file",
    yaml("events.csv", `{ sql: "SELECT * FROM 'event.csv'" }`),
    "DATA",
    'no file matches "event.csv"',
  ],
  [
    "a postgres address without a table",
    yaml("events.csv", "postgres://me@host/shop"),
    "CONFIG",
    "expected postgres://user@host/database?table=schema.table",
  ],
  [
    "a vector without file or column",
    yaml("kind: number, from: price", "kind: vector, from: vectors/v"),
    "DATA",
    "no file vectors/v.f32 or vectors/v.npy",
  ],
  [
    "a vector that is a number",
    yaml("kind: number, from: price", "kind: vector, from: price"),
    "DATA",
    '"price" is neither files nor a list column: expected a list of numbers, got DOUBLE',
  ],
  [
    "vectors of different lengths",
    yaml("kind: number, from: price", "kind: vector, from: 'CASE WHEN price > 3 THEN [price, 1] ELSE [1.0] END'"),
    "DATA",
    'vectors of "price" differ in length: expected 2 numbers each, got 1 for id "i0"',
  ],
];

test.each(CASES)("%s ends in one message, and nothing half-written remains", async (_, files, code, message) => {
  const error = await refused(files);
  if (code === "OFFLINE" && error.code !== "OFFLINE") return; // the extension is installed here
  expect(error).toEqual({ code, message: expect.stringContaining(message) });
});

test("rows without user, item, time or label are dropped and counted", async () => {
  const folder = datasetFolder({
    "events.csv": `${EVENTS},i2,1600000000,1\n,,1600000000,1\nu1,,1600000000,1\nu1,i2,,1\nu1,i2,1600000000,\n`,
    "items.csv": `${ITEMS},c,1\n`,
    "dataset.yaml": YAML,
  });
  const summary = await folder.prepare();
  expect(summary.dropped).toEqual({ "no user": 2, "no item": 1, "no time": 1, "no label": 1, "items without id": 1 });
  expect(summary.events).toBe(20);
});

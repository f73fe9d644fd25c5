import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareToy, type ToyVariant } from "../../test/exam/toy-world.js";
import { noPython, PYTHON } from "../../test/export/python.js";
import { parseRequest } from "../config/request.js";
import type { RankRequest } from "../contract.js";
import type { CounterColumns } from "../data/columns.js";
import { type Dataset, IdIndex, statisticValue } from "../data/index.js";
import type { HistoryEvents } from "../data/positive-history.js";
import { requestColumns } from "../data/request-columns.js";
import { layoutRequest } from "../data/request-layout.js";
import { bundleEncoding, bundleVocabulary } from "./bundle-encoding.js";
import { type BundleInput, type Feed, type LooseRequest, RequestEncoder, ranked } from "./bundle-feeds.js";
import { RequestDraws } from "./request-draws.js";

const VARIANTS: Record<string, { variant: ToyVariant; read: HistoryEvents }> = {
  "explicit labels": { variant: {}, read: "all" },
  "a history of liked events": { variant: { history: "{ length: 7 }" }, read: "positives" },
  "implicit labels, positions": {
    variant: {
      events: "{ from: events.csv, user: person, item: thing, order: second, label: implicit }",
      statistics: "{ user: [count], item: [count], prior: 4 }",
      split: "{ by: leave-last }",
      more: "ranking: { negatives: 9 }",
    },
    read: "all",
  },
};

/** Every input that a model could read of a dataset. */
function allInputs({ catalogue }: Dataset): BundleInput[] {
  const type = (kind: string) => (kind === "category" ? "int32" : "float32") as "int32" | "float32";
  const { eventFeatures, context, statistics } = catalogue;
  const width = (schemas: typeof statistics.user) => 2 + 2 * schemas.filter(({ kind }) => kind === "mean").length;
  return [
    { name: "candidates", type: "int32", shape: ["B", "N"], holds: "candidates" },
    { name: "history", type: "int32", shape: ["B", "T"], holds: "history" },
    { name: "history_time", type: "float64", shape: ["B", "T"], holds: "historyTime" },
    { name: "time", type: "float64", shape: ["B"], holds: "time" },
    { name: "user", type: "int32", shape: ["B"], holds: "user" },
    { name: "user_counters", type: "float64", shape: ["B", width(statistics.user)], holds: "userCounters" },
    { name: "item_counters", type: "float64", shape: ["B", "N", width(statistics.item)], holds: "itemCounters" },
    ...eventFeatures.map(({ name, kind }) => {
      return { name, type: type(kind), shape: ["B", "T"], holds: "historyFeature", feature: name, kind } as const;
    }),
    ...context.map(({ name, kind }) => {
      return { name, type: type(kind), shape: ["B"], holds: "contextFeature", feature: name, kind } as const;
    }),
  ];
}

interface Subject {
  dataset: Dataset;
  read: HistoryEvents;
  encoder: RequestEncoder;
  requests: RankRequest[];
  parts: object;
}

const folders: string[] = [];
const subjects = new Map<string, Subject>();
beforeAll(async () => {
  for (const [name, { variant, read }] of Object.entries(VARIANTS)) {
    const folder = mkdtempSync(join(tmpdir(), "mmdin-feeds-"));
    folders.push(folder);
    const dataset = await prepareToy(folder, variant);
    const { catalogue } = dataset;
    const inputs = allInputs(dataset);
    const encoding = bundleEncoding({ catalogue, model: { history: read } }, inputs);
    const vocabulary = bundleVocabulary(catalogue, inputs);
    const draws = new RequestDraws(catalogue, { seed: 5 });
    const requests = [0, 1, 3, 12, 15, 40].flatMap((steps) =>
      Array.from({ length: 12 }, (_, i) => draws.request({ steps, candidates: 1 + (i % 5) })),
    );
    const encoder = new RequestEncoder(encoding, vocabulary);
    subjects.set(name, { dataset, read, encoder, requests, parts: { encoding, vocabulary } });
  }
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const numbers = ({ data }: Feed): number[] => Array.from(data);

describe.each(Object.keys(VARIANTS))("%s", (name) => {
  test("72 drawn requests become the numbers that a server makes of them", () => {
    const { dataset, read, encoder, requests } = subjects.get(name)!;
    const { catalogue } = dataset;
    const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
    for (const request of requests) {
      const columns = requestColumns(request, { catalogue, ids, history: read });
      const { events, rows } = columns;
      const { steps } = layoutRequest(columns, { length: catalogue.history.length, history: "one" });
      const places = [...steps.steps].filter((step) => step >= 0);
      const now = rows.event[0]!;
      const feeds = encoder.feeds(request);
      const padded = <T>(values: T[], filler: T): T[] => (values.length === 0 ? [filler] : values);
      expect(numbers(feeds.candidates!)).toEqual([...rows.item]);
      expect(numbers(feeds.history!)).toEqual(
        padded(
          places.map((place) => events.item[place]!),
          -1,
        ),
      );
      expect(numbers(feeds.history_time!)).toEqual(
        padded(
          places.map((place) => events.time[place]!),
          Number.NaN,
        ),
      );
      expect(numbers(feeds.time!)).toEqual([events.time[now]!]);
      expect(numbers(feeds.user!)).toEqual([columns.users![0]!]);
      catalogue.eventFeatures.forEach(({ name, kind }, f) => {
        const column = events.features[f]!;
        const values = column.kind === "category" ? column.codes : column.values;
        const own = padded(
          places.map((place) => values[place]!),
          kind === "category" ? 0 : Number.NaN,
        );
        expect(numbers(feeds[name]!), name).toEqual(own);
      });
      catalogue.context.forEach(({ name }, f) => {
        const column = events.context[f]!;
        expect(numbers(feeds[name]!), name).toEqual([(column.kind === "category" ? column.codes : column.values)[now]]);
      });
      const { user, item, prior } = catalogue.statistics;
      const given = numbers(feeds.user_counters!);
      user.forEach((schema, s) => {
        const value = Math.fround(statisticValue(schema, asCounters(given, user), { index: 0, prior }));
        expect(value, schema.name).toBe(events.userStatistics[now * user.length + s]);
      });
      const width = feeds.item_counters!.dims[2]!;
      rows.item.forEach((index, row) => {
        const own = numbers(feeds.item_counters!).slice(row * width, (row + 1) * width);
        const counters = own[0]! < 0 ? catalogue.itemCounters : asCounters(own, item);
        item.forEach((schema, s) => {
          const value = statisticValue(schema, counters, { index: own[0]! < 0 ? index : 0, prior });
          expect(Math.fround(value), schema.name).toBe(rows.itemStatistics[row * item.length + s]);
        });
      });
    }
  });

  test("several requests at once are the single ones, filled up", () => {
    const { encoder, requests } = subjects.get(name)!;
    const together = encoder.feeds(requests);
    requests.forEach((request, b) => {
      for (const [input, { data, dims }] of Object.entries(encoder.feeds(request))) {
        const all = together[input]!;
        const row = all.data.slice(
          (b * all.data.length) / requests.length,
          ((b + 1) * all.data.length) / requests.length,
        );
        const isEmptyHistory = request.history.length === 0 && dims[1] === 1;
        if (!isEmptyHistory) expect([...row.slice(0, data.length)], input).toEqual([...data]);
        if (input === "history") expect(row.slice(data.length).every((index) => index === -1)).toBe(true);
      }
    });
  });
});

/** Counters as columns of one. */
function asCounters(values: readonly number[], schemas: Dataset["catalogue"]["statistics"]["user"]): CounterColumns {
  const averaged = schemas.flatMap(({ column }) => column ?? []);
  return {
    count: Uint32Array.of(values[0]!),
    positives: Uint32Array.of(values[1]!),
    means: Object.fromEntries(
      averaged.map((name, i) => [
        name,
        { count: Uint32Array.of(values[2 + 2 * i]!), sum: Float64Array.of(values[3 + 2 * i]!) },
      ]),
    ),
  };
}

/** What JSON can hold that is not text and numbers alone. */
const LOOSE: LooseRequest[] = [
  {
    user: 17,
    time: "2020-09-13T12:26:40Z",
    history: [{ item: 5, time: 1_599_999_999_000 }],
    candidates: [5, "t101", 4.5],
  },
  {
    time: "2020-09-13 12:26:40.250",
    context: { device: true, hour: "2020-01-01T00:00:00+02:00" },
    history: [
      { item: "t101", time: "2020-09-01", label: true, features: { stars: 4, dwell: "12.5" } },
      { item: "t102", time: "2020-09-13T12:26:40.250", features: { stars: "4", dwell: "twelve" } },
      { item: "\u{1f600}", time: 1_599_000_000, label: false, features: { stars: 1e21, dwell: " 7 " } },
      { item: "\uff5e", time: 1_599_000_000, label: 1, features: { stars: 1.5e-7, dwell: "" } },
    ],
    candidates: ["t103"],
  },
];

test("ids as numbers, times as text and in milliseconds, and dates are read as `predict` reads them", () => {
  const { dataset, encoder } = subjects.get("explicit labels")!;
  const { catalogue } = dataset;
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  for (const loose of LOOSE) {
    const feeds = encoder.feeds(loose);
    const strict = encoder.feeds(parseRequest(JSON.parse(JSON.stringify(loose))));
    expect(feeds).toEqual(strict);
    const columns = requestColumns(parseRequest(JSON.parse(JSON.stringify(loose))), { catalogue, ids });
    expect(numbers(feeds.history_time!)).toEqual([...columns.events.time].slice(0, -1));
    expect(numbers(feeds.hour!)).toEqual([(columns.events.context[1] as { values: Float32Array }).values.at(-1)]);
  }
  expect(numbers(encoder.feeds(LOOSE[1]!).history_time!)).toEqual([1_598_918_400, 1_599_000_000, 1_599_000_000]);
  expect(() => encoder.feeds({ history: [{ item: "a", time: "soon" }], candidates: ["b"] })).toThrow(
    "not a time: expected seconds, milliseconds or ISO 8601, got soon",
  );
});

test("the best candidate comes first, each request with its own row", () => {
  const scores = { dims: [2, 3], data: [0, 1, 2, 5, 4, 3] };
  const list = (b: number): string[] =>
    ranked({ history: [], candidates: ["a", 7, "c"] }, { logit: scores, probability: scores }, { b }).map(
      ({ item }) => item,
    );
  expect([list(0), list(1)]).toEqual([
    ["c", "7", "a"],
    ["a", "7", "c"],
  ]);
});

test("the parts of another bundle format are refused by name and version", () => {
  const { encoding, vocabulary } = subjects.get("explicit labels")!.parts as Record<"encoding" | "vocabulary", never>;
  expect(() => new RequestEncoder(vocabulary, encoding)).toThrow(
    "not a part of this bundle: expected mmdin-encoding, version 1, got mmdin-vocabulary, version 1",
  );
});

const reason = noPython("numpy");
if (reason !== undefined) console.log(`skipped: request.py needs numpy: ${reason}`);

const SCRIPT = `
import json, math, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from request import RequestEncoder
given = json.load(sys.stdin)
encoder = RequestEncoder(given["encoding"], given["vocabulary"])
number = lambda value: None if math.isnan(value) else value
print(json.dumps([
    {name: {"type": str(feed.dtype), "dims": feed.shape, "data": [number(value) for value in feed.ravel().tolist()]}
     for name, feed in encoder.feeds(requests).items()} for requests in given["batches"]
]))
`;

test.skipIf(reason !== undefined).each(Object.keys(VARIANTS))(
  "request.py gives the arrays of request.mjs: %s",
  (name) => {
    const { encoder, requests, parts } = subjects.get(name)!;
    const batches: LooseRequest[][] = [
      ...requests.map((request) => [request]),
      requests,
      ...LOOSE.map((request) => [request]),
    ];
    const { stdout, stderr } = spawnSync(PYTHON, ["-c", SCRIPT, fileURLToPath(new URL("./bundle", import.meta.url))], {
      input: JSON.stringify({ ...parts, batches }),
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe("");
    const answers = JSON.parse(stdout) as unknown[];
    expect(answers).toHaveLength(batches.length);
    batches.forEach((batch, i) => {
      const own = Object.fromEntries(
        Object.entries(encoder.feeds(batch)).map(([input, { type, dims, data }]) => [
          input,
          { type, dims, data: [...data] },
        ]),
      );
      expect(answers[i]).toEqual(JSON.parse(JSON.stringify(own)));
    });
  },
);

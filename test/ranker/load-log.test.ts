import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Event } from "../../src/contract.js";
import { loadModel, openDataset, requestOfRow } from "../../src/index.js";
import { createRanker, exportEvents, loadLog, openStore, type StateStore } from "../../src/serving/index.js";
import { runMmdin } from "../cli/run-mmdin.js";
import { noRedis, redisServer } from "../redis-server.js";
import { type Shop, trainedShop } from "./shop-run.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

const places: [string, () => Promise<string>][] = [
  [
    "lmdb",
    async () => {
      const made = mkdtempSync(join(tmpdir(), "mmdin-state-"));
      onTestFinished(() => rmSync(made, { recursive: true, force: true }));
      return join(made, "state");
    },
  ],
];
if (noRedis === undefined) {
  places.push([
    "redis",
    async () => {
      const redis = await redisServer();
      onTestFinished(() => redis.remove());
      return redis.address;
    },
  ]);
}

/** A store that breaks off after so many appends. */
function breaking(store: StateStore, appends: number): StateStore {
  let left = appends;
  return new Proxy(store, {
    get(target, name) {
      if (name === "append" && left-- <= 0) throw new Error("broken off");
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test.each(places)(
  "a log in %s: people have their histories and exact counters, items count nothing twice",
  async (_, place) => {
    const at = await place();
    const store = await openStore(at, { eventsPerUser: 10 });
    await expect(loadLog(breaking(store, 0), { data: shop.data })).rejects.toThrow("broken off");
    const summary = await loadLog(store, { data: shop.data });
    expect(summary).toEqual({ events: 600, people: 20, skipped: 0, warnings: [] });
    expect(await loadLog(store, { data: shop.data })).toMatchObject({ events: 0, people: 0, skipped: 20 });
    const [user] = [await store.user("u7")];
    expect(user!.history).toHaveLength(10);
    // Events 7, 27, 47, ...: 30 of them.
    expect(user!.counters.count).toBe(30);
    expect(await store.itemCounters(["i1", "i2"])).toEqual([null, null]);
    await expect(exportEvents(store, { path: join(shop.place, "none.jsonl") })).rejects.toThrow(
      /no events were collected/,
    );
    const live: Event = { user: "u7", item: "i1", time: shop.lastTime + 5, label: 1 };
    await store.append([live]);
    expect(await loadLog(store, { data: shop.data })).toMatchObject({ events: 0, skipped: 20 });
    await store.close();

    const other = await openStore(`${at}${at.startsWith("redis") ? "/0?prefix=other:" : "-other"}`);
    await other.append([{ ...live, time: 3 }]);
    await expect(loadLog(other, { data: shop.data })).rejects.toMatchObject({
      code: "DATA",
      message: expect.stringMatching(/the store has other events of "u7" than this log/),
    });
    await other.close();
  },
);

test("a person of the log asks as their next row would: user statistics of all 30 events, a history of the last 8", async () => {
  const at = await places[0]![1]();
  const { status, stdout, stderr } = await runMmdin(
    shop.place,
    "load-events",
    "--data",
    shop.data,
    "--store",
    at,
    "--json",
  );
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ events: 600, people: 20 });
  const dataset = openDataset(shop.data);
  const { rows, events } = dataset;
  const last = rows.test.count - 1;
  const request = requestOfRow(dataset, { split: "test", row: last });
  const model = await loadModel(shop.run);
  onTestFinished(() => model.close());
  const [expected] = await model.rank(request);
  expect(events.count).toBe(600);
  const ranker = await createRanker(shop.run, { store: at });
  onTestFinished(() => ranker.close());
  const { candidates, context, time, statistics } = request;
  const [item = ""] = candidates;
  const answer = await ranker.rank({ user: request.user!, candidates, context: context!, time: time! });
  // The row's item statistics are as of its time, those of the ranker after the log: the event of the row is one more.
  const now = await model.rank({ ...request, statistics: { user: statistics!.user! } });
  expect(Math.abs(answer.results[0]!.logit - now[0]!.logit)).toBeLessThan(1e-5);
  expect(expected!.item).toBe(item);
});

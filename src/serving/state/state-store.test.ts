import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { noRedis, type RedisServer, redisServer } from "../../../test/redis-server.js";
import type { Event } from "../../contract.js";
import { addEvent, emptyCounters } from "../../data/statistics.js";
import { MmdinError } from "../../errors.js";
import { RandomStream } from "../../random.js";
import { openLmdbFiles } from "./lmdb-files.js";
import { openStore } from "./open-store.js";
import type { StateStore, StoreLimits } from "./state-store.js";

// One suite, both stores, the real ones.

interface Kind {
  name: string;
  /** A place where nothing is yet. */
  place(): string;
  /** How many entries there are of each kind in a place, format included; everything that is stored, as text. */
  contents(place: string): Promise<{ counts: Record<string, number>; text: string }>;
  /** Gives a place another format. */
  spoil(place: string): Promise<void>;
}

const base = mkdtempSync(join(tmpdir(), "mmdin-state-"));
let places = 0;
let redis: RedisServer | undefined;
let client: Redis;

beforeAll(async () => {
  if (noRedis !== undefined) return console.warn(noRedis);
  redis = await redisServer();
  client = new Redis(redis.address);
});
afterAll(async () => {
  client?.disconnect();
  await redis?.remove();
  rmSync(base, { recursive: true, force: true });
});

const lmdb: Kind = {
  name: "lmdb",
  place: () => join(base, String(places++)),
  async contents(place) {
    const { root, ...tables } = openLmdbFiles(place);
    let text = "";
    const counts: Record<string, number> = {};
    for (const [name, table] of Object.entries(tables)) {
      const entries = [...table.getRange()];
      counts[name] = entries.length;
      for (const { key, value } of entries) text += `${key.toString("hex")} ${value.toString()}\n`;
    }
    await root.close();
    return { counts, text };
  },
  async spoil(place) {
    const { root } = openLmdbFiles(place);
    await root.put(Buffer.from("format"), Buffer.from("mmdin-state 99"));
    await root.close();
  },
};

const ofRedis: Kind = {
  name: "redis",
  place: () => `${redis?.address}/0?prefix=p${places++}:`,
  async contents(place) {
    const prefix = new URL(place).searchParams.get("prefix") ?? "";
    let text = "";
    const counts: Record<string, number> = {};
    for (const key of await client.keys(`${prefix}*`)) {
      const name = key.slice(prefix.length).split(":")[0]!;
      counts[name] = (counts[name] ?? 0) + 1;
      const value = (await client.type(key)) === "zset" ? await client.zrange(key, "0", "-1") : await client.get(key);
      text += `${key} ${value}\n`;
    }
    return { counts, text };
  },
  async spoil(place) {
    await client.set(`${new URL(place).searchParams.get("prefix")}format`, "mmdin-state 99");
  },
};

const event = (user: string, item: string, time: number, more: Partial<Event> = {}): Event => ({
  user,
  item,
  time,
  label: 1,
  ...more,
});
const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe.each(noRedis === undefined ? [lmdb, ofRedis] : [lmdb])("$name", ({ place, contents, spoil }) => {
  const opened: StateStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const open = async (limits: StoreLimits = {}, at = place()): Promise<StateStore> => {
    const store = await openStore(at, limits);
    opened.push(store);
    return store;
  };
  const itemsOf = async (store: StateStore, user: string): Promise<string[] | undefined> =>
    (await store.user(user))?.history.map(({ item }) => item);

  test("gives a person back as they came: steps by (time, item id), features and counters", async () => {
    const store = await open();
    expect(await store.user("ann")).toBeNull();
    await store.append([
      event("ann", "z", 20, { label: 0, features: { rating: "4.5", tag: "new" }, context: { hour: 3 } }),
      event("bob", "x", 11),
      event("ann", "b", 10, { features: { rating: 2 } }),
      event("ann", "a", 10),
    ]);
    await store.append([event("ann", "y", -5.25)]);
    expect(await store.user("ann")).toEqual({
      history: [
        { item: "y", time: -5.25, label: 1 },
        { item: "a", time: 10, label: 1 },
        { item: "b", time: 10, label: 1, features: { rating: 2 } },
        { item: "z", time: 20, label: 0, features: { rating: "4.5", tag: "new" } },
      ],
      counters: { count: 4, positives: 3, means: { rating: { count: 2, sum: 6.5 } } },
    });
    expect(await store.itemCounters(["z", "none", "x"])).toEqual([
      { count: 1, positives: 0, means: { rating: { count: 1, sum: 4.5 } } },
      null,
      { count: 1, positives: 1 },
    ]);
  });

  test("keeps the same event twice: a person may do the same twice", async () => {
    const store = await open();
    await store.append([event("ann", "a", 1), event("ann", "a", 1)]);
    await store.append([event("ann", "a", 1)]);
    expect(await itemsOf(store, "ann")).toEqual(["a", "a", "a"]);
    expect((await store.itemCounters(["a"]))[0]?.count).toBe(3);
  });

  test("keeps the last events of a person by (time, item id), and counts those beyond the cap exactly", async () => {
    const store = await open({ eventsPerUser: 3 });
    await store.append([event("ann", "late", 9), event("ann", "b", 5), event("ann", "a", 5), event("ann", "c", 5)]);
    expect(await itemsOf(store, "ann")).toEqual(["b", "c", "late"]);
    await store.append([event("ann", "old", 1, { label: 0, features: { rating: 0.1 } })]);
    await store.append([event("ann", "now", 10, { features: { rating: 0.2 } })]);
    expect(await itemsOf(store, "ann")).toEqual(["c", "late", "now"]);
    expect((await store.user("ann"))?.counters).toEqual({
      count: 6,
      positives: 5,
      means: { rating: { count: 2, sum: 0.1 + 0.2 } },
    });
    await store.append(Array.from({ length: 2500 }, (_, k) => event("bob", `i${k}`, k)));
    expect(await itemsOf(store, "bob")).toEqual(["i2497", "i2498", "i2499"]);
    expect((await store.user("bob"))?.counters.count).toBe(2500);
  });

  test("orders items of one time as UTF-8, as prepare does, at the cap, too", async () => {
    const store = await open({ eventsPerUser: 2 });
    // As UTF-16 the emoji would come before U+FF5E, as UTF-8 it comes after.
    await store.append([event("ann", "\u{1f600}", 1), event("ann", "\uff5e", 1), event("ann", "a", 1)]);
    expect(await itemsOf(store, "ann")).toEqual(["\uff5e", "\u{1f600}"]);
  });

  test("counts to the last bit what prepare's counters give for the same events", async () => {
    const store = await open({ eventsPerUser: 5 });
    const random = new RandomStream(7);
    const values = Array.from({ length: 60 }, () => ({
      label: random.below(2) as 0 | 1,
      rating: random.uniform() * 5,
    }));
    const counters = emptyCounters(1, ["rating"]);
    for (let start = 0; start < values.length; start += 7) {
      const some = values.slice(start, start + 7);
      await store.append(
        some.map(({ label, rating }, k) => event("ann", "a", start + k, { label, features: { rating } })),
      );
      for (const { label, rating } of some) addEvent(counters, 0, { label, values: { rating } });
    }
    const expected = {
      count: 60,
      positives: counters.positives[0],
      means: { rating: { count: 60, sum: counters.means.rating?.sum[0] } },
    };
    expect((await store.user("ann"))?.counters).toEqual(expected);
    expect(await store.itemCounters(["a"])).toEqual([expected]);
  });

  test("averages what reads as a number, or the features it is told", async () => {
    const features = {
      a: " 3.5 ",
      b: "",
      c: null,
      d: true,
      e: ["1"],
      f: "red",
      g: 1e300,
      h: "x".repeat(2),
      __proto__x: 1,
    };
    const store = await open();
    await store.append([event("ann", "i", 1, { features })]);
    expect((await store.user("ann"))?.counters.means).toEqual({
      a: { count: 1, sum: 3.5 },
      d: { count: 1, sum: 1 },
      __proto__x: { count: 1, sum: 1 },
    });
    const told = await open({ averaged: ["d"] });
    await told.append([event("ann", "i", 1, { features })]);
    expect((await told.user("ann"))?.counters.means).toEqual({ d: { count: 1, sum: 1 } });
  });

  test("does not count events of a run's log for items, nor exports them", async () => {
    const store = await open();
    await store.append([event("ann", "a", 1)], { counted: false });
    await store.append([event("ann", "b", 2, { context: { hour: 4 } })]);
    expect(await itemsOf(store, "ann")).toEqual(["a", "b"]);
    expect((await store.user("ann"))?.counters.count).toBe(2);
    expect(await store.itemCounters(["a", "b"])).toEqual([null, { count: 1, positives: 1 }]);
    expect(await all(store.events())).toEqual([event("ann", "b", 2, { context: { hour: 4 } })]);
  });

  test("streams every event once, person by person, oldest first", async () => {
    const store = await open();
    const events = Array.from({ length: 1000 }, (_, k) => event(`u${k % 300}`, `i${k}`, 1000 - k));
    await store.append(events);
    const found = await all(store.events());
    const changes = found.filter(({ user }, k) => user !== found[k - 1]?.user).length;
    expect([found.length, changes]).toEqual([1000, 300]);
    expect(found.every((one, k) => one.user !== found[k - 1]?.user || one.time > found[k - 1]!.time)).toBe(true);
    const key = ({ user, item }: Event): string => `${user} ${item}`;
    expect(found.map(key).sort()).toEqual(events.map(key).sort());
  });

  test("takes any id: colons, braces, quotes, spaces, NUL, other scripts, halves of surrogates, ten thousand bytes", async () => {
    const at = place();
    const store = await open({}, at);
    const long = "x".repeat(10_000);
    const ids = [
      "a:b",
      "events:a",
      "{a}",
      '"',
      "\\",
      " ",
      "\0",
      "a\0b",
      "ключ",
      "\u{1f600}",
      "\ud83d",
      "\ude00",
      long,
      `${long}y`,
      "__proto__",
      "*",
    ];
    await store.append(ids.flatMap((id) => ids.map((item, k) => event(id, item, k))));
    for (const id of ids) {
      const user = await store.user(id);
      expect(user?.history.map(({ item }) => item)).toEqual(ids);
      expect(user?.counters.count).toBe(ids.length);
      await store.putItem({ id, record: { title: id, nested: { list: [1, null, "\ud83d"] } }, putAt: 5 });
    }
    expect((await store.itemCounters(ids)).map((counters) => counters?.count)).toEqual(ids.map(() => ids.length));
    expect((await all(store.items())).map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(await store.item(`${long}y`)).toMatchObject({
      id: `${long}y`,
      record: { title: `${long}y`, nested: { list: [1, null, "\ud83d"] } },
    });
    expect((await all(store.events())).length).toBe(ids.length ** 2);
    for (const id of ids) expect(await store.forget(id)).toBe(ids.length);
    await store.close();
    const { counts } = await contents(at);
    expect([counts.users ?? counts.user ?? 0, counts.events ?? 0, counts.seen ?? 0]).toEqual([0, 0, 0]);
  });

  test("forgets a person: nothing of them is left under any key, and items keep their counters", async () => {
    const at = place();
    const store = await open({ eventsPerUser: 2, timeToLive: 100 }, at);
    await store.append([event("bob", "a", 1)]);
    await store.append([1, 2, 3].map((time) => event("secret-ann", "a", time, { features: { note: "secret-note" } })));
    expect(await store.forget("nobody")).toBe(0);
    expect(await store.forget("secret-ann")).toBe(2);
    expect(await store.forget("secret-ann")).toBe(0);
    expect(await store.user("secret-ann")).toBeNull();
    expect((await store.itemCounters(["a"]))[0]?.count).toBe(4);
    expect(await itemsOf(store, "bob")).toEqual(["a"]);
    await store.close();
    const { counts, text } = await contents(at);
    expect(text).not.toContain("secret");
    expect(counts.events).toBe(1);
    const again = await open({}, at);
    await again.append([event("secret-ann", "b", 1)]);
    expect(await again.user("secret-ann")).toEqual({
      history: [{ item: "b", time: 1, label: 1 }],
      counters: { count: 1, positives: 1 },
    });
  });

  test("removes people whose time to live is over, and starts anew where they come back", async () => {
    const at = place();
    const store = await open({ timeToLive: 0.4 }, at);
    await store.append([event("ann", "a", 1, { features: { note: "secret" } }), event("bob", "a", 1)]);
    await pause(250);
    await store.append([event("bob", "b", 2)]);
    await pause(250);
    expect(await store.user("ann")).toBeNull();
    expect(await itemsOf(store, "bob")).toEqual(["a", "b"]);
    expect((await all(store.events())).map(({ user }) => user)).toEqual(["bob", "bob"]);
    await store.append([event("ann", "c", 3)]);
    expect((await store.user("ann"))?.counters.count).toBe(1);
    await pause(900);
    await store.close();
    const { counts, text } = await contents(at);
    expect([counts.users ?? counts.user ?? 0, counts.events ?? 0, counts.seen ?? 0]).toEqual([0, 0, 0]);
    expect(text).not.toContain("secret");
  });

  test("loses nothing where many write at once, and stores nothing of a call with one bad event", async () => {
    const store = await open();
    const calls = Array.from({ length: 200 }, (_, k) =>
      store.append([event("ann", `i${k}`, k), event(`u${k}`, "a", k)]),
    );
    const bad = store.append([event("ann", "good", 1), event("ann", "bad", Number.NaN)]);
    await expect(bad).rejects.toThrow(
      "events[1].time: this event cannot be stored: expected seconds since 1970, got NaN",
    );
    await Promise.all(calls);
    expect((await store.user("ann"))?.counters.count).toBe(200);
    expect(await itemsOf(store, "ann")).not.toContain("good");
    expect((await store.itemCounters(["a"]))[0]?.count).toBe(200);
  });

  test("gives what was stored to the next one who opens it, and to one beside it at once", async () => {
    const at = place();
    const [one, two] = [await open({}, at), await open({}, at)];
    await one.append([event("ann", "a", 1)]);
    expect(await itemsOf(two, "ann")).toEqual(["a"]);
    await two.append([event("ann", "b", 2)]);
    expect(await itemsOf(one, "ann")).toEqual(["a", "b"]);
    await one.close();
    await two.append([event("ann", "c", 3)]);
    await two.close();
    expect(await itemsOf(await open({}, at), "ann")).toEqual(["a", "b", "c"]);
  });

  test("takes an empty append, and refuses what no store can give back", async () => {
    const store = await open();
    await store.append([]);
    await store.ping();
    const wrong: [Partial<Event>, string][] = [
      [{ user: "" }, "events[0].user"],
      [{ item: "" }, "events[0].item"],
      [{ time: Number.POSITIVE_INFINITY }, "events[0].time"],
    ];
    for (const [part, where] of wrong)
      await expect(store.append([{ ...event("ann", "a", 1), ...part }])).rejects.toMatchObject({
        code: "REQUEST",
        details: { where },
      });
  });

  test("refuses a store of another format", async () => {
    const at = place();
    await (await open({}, at)).append([event("ann", "a", 1)]);
    await opened.pop()?.close();
    await spoil(at);
    const error = await openStore(at).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MmdinError);
    expect(error).toMatchObject({ code: "FORMAT", details: { got: "mmdin-state 99" } });
  });
});

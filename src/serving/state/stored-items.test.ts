import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { noRedis, type RedisServer, redisServer } from "../../../test/redis-server.js";
import { openStore } from "./open-store.js";
import type { StateStore, StoreLimits } from "./state-store.js";

// Items in both stores, the real ones.

const base = mkdtempSync(join(tmpdir(), "mmdin-state-"));
let places = 0;
let redis: RedisServer | undefined;

beforeAll(async () => {
  if (noRedis !== undefined) return console.warn(noRedis);
  redis = await redisServer();
});
afterAll(async () => {
  await redis?.remove();
  rmSync(base, { recursive: true, force: true });
});

const KINDS = [
  { name: "lmdb", place: () => join(base, String(places++)) },
  { name: "redis", place: () => `${redis?.address}/0?prefix=p${places++}:` },
];

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};

describe.each(noRedis === undefined ? KINDS : KINDS.slice(0, 1))("$name", ({ place }) => {
  const opened: StateStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const open = async (limits: StoreLimits = {}, at = place()): Promise<StateStore> => {
    const store = await openStore(at, limits);
    opened.push(store);
    return store;
  };

  test("keeps items as they were put, the last content of each, oldest first", async () => {
    const store = await open();
    expect(await store.item("a")).toBeNull();
    const [first, second] = [{ title: "one" }, { title: "two", price: 2.5 }];
    expect(await store.putItem({ id: "a", record: first, putAt: 20 })).toBe(20);
    expect(await store.putItem({ id: "b", record: second, putAt: 30.25 })).toBe(30.25);
    expect(await all(store.items())).toEqual([
      { id: "a", record: first, putAt: 20 },
      { id: "b", record: second, putAt: 30.25 },
    ]);
    // A clock that is behind: what is put later comes later.
    const putAt = await store.putItem({ id: "a", record: { title: "new" }, putAt: 10 });
    expect(putAt).toBeGreaterThan(30.25);
    expect(putAt).toBeLessThan(30.26);
    expect(await all(store.items())).toEqual([
      { id: "b", record: second, putAt: 30.25 },
      { id: "a", record: { title: "new" }, putAt },
    ]);
    expect(await store.item("b")).toEqual({ id: "b", record: second, putAt: 30.25 });
  });

  test("gives the items that were put after a moment, to whoever asks again and again, each once", async () => {
    const at = place();
    const [store, other] = [await open({}, at), await open({}, at)];
    const now = 1_800_000_000.123;
    const seen: string[] = [];
    let after = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < 60; k++) {
      // All in one microsecond, or earlier than the one before.
      await (k % 2 ? store : other).putItem({ id: `i${k}`, record: { k }, putAt: now - (k % 3) });
      if (k % 7 !== 6) continue;
      for await (const item of other.items({ after })) {
        seen.push(item.id);
        after = item.putAt;
      }
    }
    for await (const item of store.items({ after })) seen.push(item.id);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, k) => `i${k}`));
    await store.close();
    await other.close();
  });

  test("keeps the pictures of an item beside it, byte by byte, until it is put anew", async () => {
    const store = await open();
    expect(await store.pictures("a")).toEqual({});
    const bytes = Uint8Array.from({ length: 70_000 }, (_, k) => (k * 7) % 256);
    await store.putItem({
      id: "a",
      record: {},
      putAt: 1,
      pictures: { poster: bytes, "back side": Uint8Array.of(0, 255) },
    });
    await store.putItem({ id: "b", record: {}, putAt: 2, pictures: { poster: Uint8Array.of(1) } });
    expect(await store.item("a")).toMatchObject({ id: "a", putAt: 1, pictures: ["poster", "back side"] });
    expect(await store.pictures("a")).toEqual({ poster: bytes, "back side": Uint8Array.of(0, 255) });
    await store.putItem({ id: "a", record: { title: "new" }, putAt: 3 });
    expect(await store.pictures("a")).toEqual({});
    expect((await store.item("a"))?.pictures).toBeUndefined();
    expect(await store.pictures("b")).toEqual({ poster: Uint8Array.of(1) });
  });
});

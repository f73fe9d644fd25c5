import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { noRedis, type RedisServer, redisServer } from "../../../test/redis-server.js";
import type { Event } from "../../contract.js";
import { MmdinError } from "../../errors.js";
import { openStore } from "./open-store.js";
import type { StateStore } from "./state-store.js";

const event = (item: string): Event => ({ user: "ann", item, time: 1, label: 1 });

async function server(settings: readonly string[] = []): Promise<RedisServer> {
  const started = await redisServer({ settings });
  onTestFinished(() => started.remove());
  return started;
}

async function opened(address: string): Promise<StateStore> {
  const store = await openStore(address);
  onTestFinished(() => store.close());
  return store;
}

/** The error of a call, and how many milliseconds it took. */
async function failure(act: () => Promise<unknown>): Promise<{ error: MmdinError; ms: number }> {
  const start = performance.now();
  const error = await act().then(
    () => new Error("nothing was thrown"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof MmdinError)) throw error;
  return { error, ms: performance.now() - start };
}

async function comesBack(store: StateStore): Promise<void> {
  for (const until = Date.now() + 10_000; ; ) {
    try {
      return await store.ping();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((next) => setTimeout(next, 20));
  }
}

describe.skipIf(noRedis !== undefined)(`Redis in bad days${noRedis === undefined ? "" : ` (${noRedis})`}`, () => {
  test("killed: every call is refused at once, and works again when it is back, with what was acknowledged", async () => {
    const redis = await server(["--requirepass", "secret"]);
    const store = await opened(redis.address.replace("//", "//:secret@"));
    await store.append([event("a")]);
    await redis.kill();
    const calls: (() => Promise<unknown>)[] = [
      () => store.append([event("lost")]),
      () => store.user("ann"),
      () => store.itemCounters(["a"]),
      () => store.forget("ann"),
      () => store.putItem({ id: "a", record: {}, putAt: 1 }),
      () => store.item("a"),
      () => store.ping(),
      () => store.events()[Symbol.asyncIterator]().next(),
      () => store.items()[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) {
      const { error, ms } = await failure(call);
      expect(error.code).toBe("STORE");
      expect(error.message).toMatch(
        /^redis:\/\/127\.0\.0\.1:\d+\/0: Redis does not answer: got .*Start Redis, or check/,
      );
      expect(JSON.stringify([error.message, error.details, error.cause])).not.toContain("secret");
      expect(ms).toBeLessThan(300);
    }
    await redis.start();
    await comesBack(store);
    expect((await store.user("ann"))?.history.map(({ item }) => item)).toEqual(["a"]);
    await store.append([event("b")]);
    expect((await store.user("ann"))?.counters.count).toBe(2);
  });

  test("hanging: reads wait for a quarter of a second, and a call that had no answer is not sent again", async () => {
    const redis = await server();
    const store = await opened(redis.address);
    await store.append([event("a")]);
    redis.pause();
    onTestFinished(() => redis.resume());
    const read = await failure(() => store.user("ann"));
    expect(read.error.message).toContain("no answer within 250 ms");
    expect(read.ms).toBeLessThan(400);
    const written = await failure(() => store.append([event("unsure")]));
    expect(written.error.message).toContain("no answer within 2000 ms");
    expect(written.ms).toBeLessThan(2300);
    await new Promise((next) => setTimeout(next, 3000)); // the connection is given up
    redis.resume();
    await comesBack(store);
    // What was sent before may have been taken; it is never there twice.
    const { counters } = (await store.user("ann")) ?? {};
    expect([1, 2]).toContain(counters?.count);
  });

  test("not there, a wrong password, no such database: the store does not open, and says why without the password", async () => {
    const redis = await server(["--requirepass", "right"]);
    const wrong = await failure(() => openStore(redis.address.replace("//", "//:secret@")));
    expect(wrong.error.message).toMatch(/Redis refuses the user or the password: got WRONGPASS/);
    const without = await failure(() => openStore(redis.address));
    expect(without.error.message).toMatch(/Redis refuses the user or the password: got NOAUTH/);
    const database = await failure(() => openStore(`${redis.address.replace("//", "//:right@")}/99`));
    expect(database.error.message).toMatch(/Redis has no such database/);
    await redis.kill();
    const gone = await failure(() => openStore(redis.address.replace("//", "//:secret@")));
    expect(gone.error.message).toMatch(/Redis does not answer: got .*ECONNREFUSED/);
    for (const { error, ms } of [wrong, without, database, gone]) {
      expect(error.code).toBe("STORE");
      expect(JSON.stringify([error.message, error.details, error.cause, String(error.stack)])).not.toContain("secret");
      expect(ms).toBeLessThan(2500);
    }
  });

  test("out of memory, or a replica: nothing of the call is stored, and the error says what to do", async () => {
    const redis = await server();
    const store = await opened(redis.address);
    await store.append([event("a")]);
    const admin = new Redis(redis.address);
    onTestFinished(() => admin.disconnect());
    await admin.config("SET", "maxmemory", "1mb");
    const full = await failure(() => store.append([event("b"), event("c")]));
    expect([full.error.code, full.error.problem]).toEqual(["STORE", "Redis has no memory left"]);
    await admin.config("SET", "maxmemory", "0");
    await admin.replicaof("127.0.0.1", 1);
    const replica = await failure(() => store.append([event("d")]));
    expect(replica.error.problem).toBe("this Redis is a replica, which takes no writes");
    await admin.replicaof("NO", "ONE");
    expect((await store.user("ann"))?.history.map(({ item }) => item)).toEqual(["a"]);
  });

  test("a Redis that has forgotten its scripts, and everything else, is a new store", async () => {
    const redis = await server();
    const store = await opened(redis.address);
    await store.append([event("a")]);
    const admin = new Redis(redis.address);
    onTestFinished(() => admin.disconnect());
    await admin.flushall();
    await admin.script("FLUSH");
    expect(await store.user("ann")).toBeNull();
    await store.append([event("b")]);
    expect((await store.user("ann"))?.counters.count).toBe(1);
    expect(await admin.get("mmdin:format")).toBe("mmdin-state 1");
  });
});

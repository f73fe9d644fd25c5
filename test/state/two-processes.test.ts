import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/serving/state/open-store.js";
import { noRedis, redisServer } from "../redis-server.js";

const script = fileURLToPath(new URL("append-process.ts", import.meta.url));
const loader = fileURLToPath(new URL("../../scripts/typescript.mjs", import.meta.url));
const [batches, size] = [300, 10];

/** Two processes append to a place, about the same people, while this one, which has it open too, reads what they have acknowledged. */
async function shared(place: string): Promise<void> {
  const store = await openStore(place, { eventsPerUser: 1_000_000 });
  let unseen = 0;
  let looked = 0;
  const writers = [0, batches].map(async (first) => {
    const words = ["--import", loader, script, place, String(first), String(batches), String(size)];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (data: Buffer) => {
      const batch = Number(data.toString().split("\n").at(-2));
      looked++;
      void store.itemCounters([`${batch}:0`]).then(([counters]) => {
        if (counters === null) unseen++;
      });
    });
    const [code] = await once(child, "close");
    expect(code).toBe(0);
  });
  await Promise.all(writers);
  let events = 0;
  let counted = 0;
  const people = new Set<string>();
  for await (const { user } of store.events()) {
    events++;
    people.add(user);
  }
  for (const user of people) counted += (await store.user(user))?.counters.count ?? 0;
  await store.close();
  expect([events, counted, unseen]).toEqual([2 * batches * size, 2 * batches * size, 0]);
  expect(looked).toBeGreaterThan(10);
}

test("lmdb: two processes that write lose nothing of one another, and a third sees at once what they have acknowledged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-shared-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await shared(join(folder, "state"));
});

describe.skipIf(noRedis !== undefined)(`Redis${noRedis === undefined ? "" : ` (${noRedis})`}`, () => {
  test("two processes that write lose nothing of one another, and a third sees at once what they have acknowledged", async () => {
    const redis = await redisServer();
    onTestFinished(() => redis.remove());
    await shared(redis.address);
  });
});

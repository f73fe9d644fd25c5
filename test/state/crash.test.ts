import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { RandomStream } from "../../src/random.js";
import { noRedis, redisServer } from "../redis-server.js";
import { crashRound } from "./crash-round.js";

// The long version, with its table: npm run bench -- serving-crash.
const ROUNDS = 3;
const [events, size] = [6000, 10];

test("lmdb: killed at a random moment, every acknowledged event is there and no half batch", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-crash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const random = new RandomStream(Date.now());
  for (let round = 0; round < ROUNDS; round++) {
    const { acknowledged, found, lost, half, miscounted } = await crashRound({
      place: join(folder, String(round)),
      events,
      size,
      random,
    });
    expect({ lost, half, miscounted }).toEqual({ lost: 0, half: 0, miscounted: 0 });
    expect(acknowledged).toBeGreaterThan(0);
    expect(found).toBeGreaterThanOrEqual(acknowledged);
  }
});

describe.skipIf(noRedis !== undefined)(`Redis${noRedis === undefined ? "" : ` (${noRedis})`}`, () => {
  test("killed with its client at a random moment, every acknowledged event is there and no half batch", async () => {
    const redis = await redisServer();
    onTestFinished(() => redis.remove());
    const random = new RandomStream(Date.now());
    for (let round = 0; round < ROUNDS; round++) {
      const place = `${redis.address}/0?prefix=${round}:`;
      const { acknowledged, found, lost, half, miscounted } = await crashRound({ place, events, size, random, redis });
      expect({ lost, half, miscounted }).toEqual({ lost: 0, half: 0, miscounted: 0 });
      expect(acknowledged).toBeGreaterThan(0);
      expect(found).toBeGreaterThanOrEqual(acknowledged);
    }
  });
});

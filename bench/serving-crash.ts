/**
 * What a crash costs a store of state: a process posts events in batches, 8 on their way at a time, and is killed with SIGKILL at a random moment,
 * with its redis-server where there is one (appendonly yes, appendfsync always). Opened again, the store is compared with what was acknowledged. Then how many
 * events each store appends in a second, one event a call and many, one call at a time and many.
 *
 * With --run the same over HTTP: the events are posted to a server of that run, and the server is killed.
 *
 *   npm run bench -- serving-crash [--rounds 20] [--events 100000] [--size 20] [--seed 1] [--stores lmdb,redis] [--run RUN]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Event } from "../src/contract.js";
import { RandomStream } from "../src/random.js";
import { openStore } from "../src/serving/state/open-store.js";
import { crashOverHttp } from "../test/http/crash-over-http.js";
import { noRedis, type RedisServer, redisServer } from "../test/redis-server.js";
import { type CrashRound, crashRound } from "../test/state/crash-round.js";

const { values: args } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    events: { type: "string", default: "100000" },
    size: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    stores: { type: "string", default: "lmdb,redis" },
    run: { type: "string" },
  },
});
const [rounds, events, size] = [Number(args.rounds), Number(args.events), Number(args.size)];
const stores = args.stores.split(",").filter((name) => name !== "redis" || noRedis === undefined);
if (noRedis !== undefined) console.log(noRedis);

/** A new place for a round; what it leaves is removed after it. */
async function withPlace<T>(
  store: string,
  act: (place: string, redis: RedisServer | undefined) => Promise<T>,
): Promise<T> {
  if (store === "redis") {
    const redis = await redisServer();
    return act(redis.address, redis).finally(() => redis.remove());
  }
  const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
  return act(folder, undefined).finally(() => rmSync(folder, { recursive: true, force: true }));
}

const columns = ["acknowledged", "found", "lost", "half", "miscounted"] as const;
const line = (name: string, cells: readonly (string | number)[]): void =>
  console.log(name.padEnd(16) + cells.map((cell) => String(cell).padStart(14)).join(""));

let failed = 0;
for (const store of stores) {
  const random = new RandomStream(Number(args.seed));
  console.log(
    `\n${store}: killed while ${events} events are posted${args.run === undefined ? "" : " over HTTP"}, ${size} a call`,
  );
  line("round", [...columns, "seconds"]);
  const results: CrashRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const result = await withPlace(store, (place, redis) =>
      args.run === undefined
        ? crashRound({ place, events, size, random, redis })
        : crashOverHttp({ place, events, size, random, redis, run: args.run }),
    );
    results.push(result);
    line(String(round), [...columns.map((name) => result[name]), result.seconds.toFixed(2)]);
  }
  const sums = columns.map((name) => results.reduce((sum, result) => sum + result[name], 0));
  line("all", [...sums, results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(2)]);
  failed += results.filter(({ lost, half, miscounted }) => lost + half + miscounted !== 0).length;
}
console.log(`\n${failed} rounds of ${rounds * stores.length} lost or tore anything`);

if (args.run !== undefined) process.exit(failed > 0 ? 1 : 0);
console.log("\nappended events a second");
const shapes = [
  { name: "1 a call, 1 call at a time", of: 1, calls: 1, total: 1000 },
  { name: "1 a call, 64 calls at a time", of: 1, calls: 64, total: 20_000 },
  { name: "20 a call, 8 calls at a time", of: 20, calls: 8, total: 40_000 },
  { name: "1,000 a call, 1 call at a time", of: 1000, calls: 1, total: 50_000 },
];
for (const store of stores) {
  for (const { name, of, calls, total } of shapes) {
    const seconds = await withPlace(store, (place) => appendSeconds(place, { of, calls, total }));
    line(store, [name.padStart(34), Math.round(total / seconds)]);
  }
}
process.exitCode = failed > 0 ? 1 : 0;

async function appendSeconds(
  place: string,
  { of, calls, total }: { of: number; calls: number; total: number },
): Promise<number> {
  const store = await openStore(place, { patience: 10_000 });
  let next = 0;
  const events = (): Event[] =>
    Array.from({ length: of }, () => {
      const number = next++;
      const features = { rating: (number % 10) / 2 };
      return {
        user: `u${(number * 7919) % 5000}`,
        item: `i${(number * 104_729) % 2000}`,
        time: number,
        label: 1,
        features,
      };
    });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: calls }, async () => {
      while (next < total) await store.append(events());
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await store.close();
  return seconds;
}

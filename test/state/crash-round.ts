import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RandomStream } from "../../src/random.js";
import { openStore } from "../../src/serving/state/open-store.js";
import type { RedisServer } from "../redis-server.js";

export interface CrashRound {
  /** Events of batches that were acknowledged before the crash. */
  acknowledged: number;
  /** Events that are there afterwards: those, and whole batches whose acknowledgement was never seen. */
  found: number;
  /** Of the acknowledged ones, those that are not there. */
  lost: number;
  /** Batches of which a part is there. */
  half: number;
  /** Events in people's counters less those found: 0 where counters and histories tell the same. */
  miscounted: number;
  /** From the first acknowledgement to the crash. */
  seconds: number;
}

export interface CrashOptions {
  place: string;
  /** Events that would be posted in all, in batches of `size`. */
  events: number;
  size: number;
  random: RandomStream;
  /** A Redis that is killed, too. */
  redis?: RedisServer | undefined;
}

const script = fileURLToPath(new URL("append-process.ts", import.meta.url));
const loader = fileURLToPath(new URL("../../scripts/typescript.mjs", import.meta.url));

/**
 * A process appends to a new store; it is killed with SIGKILL, and its Redis with it, at a random moment. Then the store is opened again, and what is
 * there is compared with what was acknowledged.
 */
export async function crashRound({ place, events, size, random, redis }: CrashOptions): Promise<CrashRound> {
  const batches = Math.ceil(events / size);
  const words = ["--import", loader, script, place, "0", String(batches), String(size)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const killAfter = 1 + random.below(batches - 1);
  const delay = random.uniform() * 5;
  let said = "";
  let seen = 0;
  let start = Number.NaN;
  const crashed = new Promise<number>((done) => {
    child.stdout.on("data", (data: Buffer) => {
      if (seen === 0) start = performance.now();
      const before = seen;
      said += data;
      for (const byte of data) if (byte === 10) seen++;
      if (before < killAfter && seen >= killAfter) {
        setTimeout(() => {
          child.kill("SIGKILL");
          done(performance.now());
          void redis?.kill();
        }, delay);
      }
    });
    child.on("close", () => done(performance.now()));
  });
  const end = await crashed;
  await ended;
  await redis?.kill();
  await redis?.start();
  const acknowledged = said.split("\n").slice(0, -1).map(Number);
  const seconds = (end - start) / 1000;
  return { acknowledged: acknowledged.length * size, seconds, ...(await inspect(place, { acknowledged, size })) };
}

/** Opens a store again and compares what is there with the batches that were acknowledged. */
export async function inspect(
  place: string,
  { acknowledged, size }: { acknowledged: readonly number[]; size: number },
): Promise<Pick<CrashRound, "found" | "lost" | "half" | "miscounted">> {
  const store = await openStore(place, { eventsPerUser: Number.MAX_SAFE_INTEGER, patience: 10_000 });
  try {
    const items = new Map<number, Set<string>>();
    const people = new Set<string>();
    let found = 0;
    for await (const { user, item } of store.events()) {
      const batch = Number(item.split(":")[0]);
      items.set(batch, (items.get(batch) ?? new Set()).add(item));
      people.add(user);
      found++;
    }
    let counted = 0;
    for (const user of people) counted += (await store.user(user))?.counters.count ?? 0;
    const lost = acknowledged.reduce((sum, batch) => sum + size - (items.get(batch)?.size ?? 0), 0);
    const half = [...items.values()].filter((some) => some.size !== size).length;
    await store.append([{ user: "after", item: "the crash", time: 1, label: 1 }]);
    return { found, lost, half, miscounted: counted - found };
  } finally {
    await store.close();
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "../../src/client/index.js";
import { MMDIN } from "../cli/run-mmdin.js";
import { type CrashOptions, type CrashRound, inspect } from "../state/crash-round.js";

const PEOPLE = 997;
const IN_FLIGHT = 8;

/**
 * Events are posted to a server (POST /v1/events, 8 calls at a time); the server is killed with SIGKILL, and its Redis with it, at a random moment. Then the
 * store is opened again, and what is there is compared with what was answered.
 */
export async function crashOverHttp({
  run,
  place,
  events,
  size,
  random,
  redis,
}: CrashOptions & { run: string }): Promise<CrashRound> {
  const words = ["serve", "--run", run, "--store", place, "--port", "0", "--json", "--log-level", "silent"];
  const server = spawn(process.execPath, [...MMDIN, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "close");
  try {
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const client = createClient({ url: (JSON.parse(line) as { url: string }).url, timeout: 30_000 });
    const batches = Math.ceil(events / size);
    const killAfter = 1 + random.below(batches - 1);
    const delay = random.uniform() * 5;
    const acknowledged: number[] = [];
    let next = 0;
    let crashed: Promise<void> | undefined;
    const start = performance.now();
    const post = async (): Promise<void> => {
      while (next < batches && crashed === undefined) {
        const batch = next++;
        const some = Array.from({ length: size }, (_, k) => {
          const number = batch * size + k;
          return { user: `u${number % PEOPLE}`, item: `${batch}:${k}`, time: number, features: { rating: 3 } };
        });
        const stored = await client.append(some).catch(() => null);
        if (stored !== null) acknowledged.push(batch);
        else if (crashed === undefined) throw new Error("the server refused events before it was killed");
        if (acknowledged.length === killAfter)
          crashed ??= sleep(delay).then(async () => {
            server.kill("SIGKILL");
            await redis?.kill();
          });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, post));
    await crashed;
    const seconds = (performance.now() - start) / 1000;
    await ended;
    await redis?.start();
    return { acknowledged: acknowledged.length * size, seconds, ...(await inspect(place, { acknowledged, size })) };
  } finally {
    server.kill("SIGKILL");
  }
}

/**
 * A server over HTTP, as a process of its own, under load from another one (autocannon): 100 candidates for a history of 50 steps that
 * the question carries. Latency and throughput by clients and workers, with /healthz asked all the while; then, where asked for, runs
 * swapped under 32 clients, and minutes of mixed load (rank, recommend, events, histories, items) with what goes wrong and resident memory.
 *
 *   npm run bench -- serving [--run RUN] [--seconds 10] [--clients 1,8,32] [--workers 1,2] [--candidates 100] [--history 50]
 *                            [--swaps 0] [--minutes 0] [--prof DIR]
 *
 * Without --run a model is trained for one epoch on a log of 90,000 events without texts and pictures: weights do not matter for speed.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.js";
import { prepare, train } from "../src/index.js";
import { RandomStream } from "../src/random.js";
import type { LoadPlan } from "./speed/http-load.js";
import { runLoad, type ServingProcess, startServing, whileProbed } from "./speed/serving-process.js";
import { median } from "./speed/summary.js";
import { writeWorldLog } from "./speed/world-log.js";

const { values: args } = parseArgs({
  options: {
    run: { type: "string" },
    seconds: { type: "string", default: "10" },
    clients: { type: "string", default: "1,8,32" },
    workers: { type: "string", default: "1,2" },
    candidates: { type: "string", default: "100" },
    history: { type: "string", default: "50" },
    swaps: { type: "string", default: "0" },
    minutes: { type: "string", default: "0" },
    prof: { type: "string" },
  },
});
const seconds = Number(args.seconds);
const list = (text: string): number[] => text.split(",").filter(Boolean).map(Number);
const random = new RandomStream(1);
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const ms = (value: number): string => value.toFixed(1).padStart(9);
try {
  const run = args.run ?? (await trainedRun());
  for (const workers of list(args.workers)) await measure(run, workers);
  if (Number(args.swaps) > 0) await swapUnderLoad(run, Number(args.swaps));
  if (Number(args.minutes) > 0) await mixedLoad(run, Number(args.minutes));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function trainedRun(): Promise<string> {
  const { config } = await writeWorldLog(folder, { events: 90_000 });
  await prepare(config, { out: join(folder, "data") });
  await train({ data: join(folder, "data"), out: join(folder, "run"), model: "mmdin", epochs: 1 });
  return join(folder, "run");
}

/** Questions that differ, so that nothing is answered from memory. */
async function questions(server: ServingProcess, path = "/v1/rank"): Promise<LoadPlan["requests"]> {
  const client = createClient({ url: server.url, timeout: 60_000 });
  const { features } = await client.model();
  const { items } = await client.items({ limit: 200 });
  const some = (): string => items[random.below(items.length)]!.id;
  return Array.from({ length: 64 }, () => {
    const history = Array.from({ length: Number(args.history) }, (_, k) => ({
      item: some(),
      time: 1_700_000_000 + 60 * k,
      label: random.below(2),
      features: Object.fromEntries(features.map(({ name, values }) => [name, values?.at(-1) ?? 1])),
    }));
    const candidates = Array.from({ length: Number(args.candidates) }, some);
    const body = path === "/v1/rank" ? { history, candidates, deadline: 30_000 } : { history, k: 10, deadline: 30_000 };
    return { method: "POST", path, body: JSON.stringify(body) };
  });
}

async function measure(run: string, workers: number): Promise<void> {
  const node = args.prof === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${args.prof}`];
  const server = await startServing(["--run", run, "--workers", String(workers), "--queue", "10000"], node);
  try {
    const requests = await questions(server);
    await runLoad({ url: server.url, clients: 4, seconds: 2, requests });
    console.log(
      `\n${workers} worker${workers > 1 ? "s" : ""}, ${args.candidates} candidates, T = ${args.history}; milliseconds`,
    );
    console.log(
      ["clients", "p50", "p99", "worst", "questions/s", "candidates/s", "refused", "healthz p99", "worst"]
        .map((name) => name.padStart(12))
        .join(""),
    );
    for (const clients of list(args.clients)) {
      const load = runLoad({ url: server.url, clients, seconds, requests });
      const { result, p99, worst } = await whileProbed(server.url, load);
      const rate = result.answered / result.seconds;
      const failed = result.errors + result.timeouts + Object.values(result.refused).reduce((sum, n) => sum + n, 0);
      const cells = [
        clients,
        ms(result.p50),
        ms(result.p99),
        ms(result.worst),
        rate.toFixed(0),
        (rate * Number(args.candidates)).toFixed(0),
        failed,
        ms(p99),
        ms(worst),
      ];
      console.log(cells.map((cell) => String(cell).padStart(12)).join(""));
    }
  } finally {
    await server.stop();
  }
}

async function swapUnderLoad(run: string, swaps: number): Promise<void> {
  const runs = join(folder, "runs");
  for (const name of ["a", "b"]) cpSync(run, join(runs, name), { recursive: true });
  const server = await startServing(["--run", join(runs, "a"), "--queue", "10000"]);
  try {
    const requests = await questions(server);
    const client = createClient({ url: server.url, timeout: 120_000 });
    let going = true;
    const times: number[] = [];
    const swapping = (async () => {
      for (let k = 0; k < swaps && going; k++) {
        const begin = performance.now();
        await client.swap(k % 2 ? "a" : "b");
        times.push(performance.now() - begin);
      }
    })();
    const load = runLoad({ url: server.url, clients: 32, seconds: Math.max(seconds, swaps * 3), requests });
    const { result, p99 } = await whileProbed(server.url, load);
    going = false;
    await swapping;
    console.log(
      `\n${times.length} swaps under 32 clients: ${result.answered} questions answered, ${result.errors} connections failed, ${result.timeouts} too late, refused ${JSON.stringify(result.refused)}; a swap takes ${median(times).toFixed(0)} ms, p99 ${result.p99.toFixed(1)} ms, healthz p99 ${p99.toFixed(1)} ms`,
    );
  } finally {
    await server.stop();
  }
}

async function mixedLoad(run: string, minutes: number): Promise<void> {
  const server = await startServing(["--run", run, "--store", join(folder, "state"), "--queue", "10000"]);
  try {
    const [rank, recommend] = [await questions(server), await questions(server, "/v1/recommend")];
    const ids = rank.map(({ body }) => (JSON.parse(body!) as { candidates: string[] }).candidates[0]!);
    const known = rank.map((_, k) => ({ candidates: ids, user: `p${k}`, deadline: 30_000 }));
    const events = ids.map((item, k) => ({ events: [{ user: `p${k % 50}`, item, features: {} }] }));
    const post = (path: string, body: object) => ({ method: "POST" as const, path, body: JSON.stringify(body) });
    const get = (path: string) => ({ method: "GET" as const, path });
    const requests = ids.flatMap((id, k): LoadPlan["requests"] => [
      rank[k]!,
      post("/v1/rank", known[k]!),
      recommend[k]!,
      post("/v1/events", events[k]!),
      get(`/v1/users/p${k % 50}/history`),
      get("/v1/items?search=a&limit=20"),
      get(`/v1/items/${encodeURIComponent(id)}`),
      get("/readyz"),
    ]);
    const memory: number[] = [];
    const sampling = setInterval(() => memory.push(server.memory()), 1000);
    const load = runLoad({ url: server.url, clients: 8, seconds: 60 * minutes, requests });
    const { result, p99 } = await whileProbed(server.url, load);
    clearInterval(sampling);
    const after = memory.slice(60);
    const [first, last] = [median(after.slice(0, 20)), median(after.slice(-20))];
    console.log(
      `\n${minutes} minutes of mixed load, 8 clients: ${result.answered} answers, ${result.errors} connections failed, ${result.timeouts} too late, refused ${JSON.stringify(result.refused)}; p50 ${result.p50.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms, healthz p99 ${p99.toFixed(1)} ms`,
    );
    console.log(
      `resident memory after the first minute ${first.toFixed(0)} MiB, at the end ${last.toFixed(0)} MiB (${((100 * last) / first - 100).toFixed(1)} %), at most ${Math.max(...memory).toFixed(0)} MiB`,
    );
  } finally {
    await server.stop();
  }
}

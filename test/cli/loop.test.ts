import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Counters } from "../../src/contract.js";
import { loadIds, openDataset } from "../../src/data/index.js";
import { prepare, train } from "../../src/index.js";
import { RandomStream } from "../../src/random.js";
import { generateWorld } from "../../src/world/index.js";
import { startedServer } from "../http/shop-server.js";
import { runMmdin } from "./run-mmdin.js";

// The loop closes: what a server collected is the log of the next run, each event once, and the next run's numbers are those that the server had.
test("world, prepare, train, load-events, serve, events over HTTP, export-events, prepare: the statistics are the live ones", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-loop-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);
  const mmdin = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runMmdin(folder, ...words);
    expect(status, stderr).toBe(0);
    return stdout;
  };
  await generateWorld({ out: at("world"), users: 40, items: 60, events: 1500, seed: 5 });
  await prepare(at("world/dataset.yaml"), { out: at("data") });
  await train({ data: at("data"), out: at("run"), model: "din", epochs: 1, threads: 1 });
  expect(await mmdin("load-events", "--data", "data", "--store", "state")).toMatch(
    /^1,500 events of \d+ people: state/,
  );

  const { client, send, server } = await startedServer(at("run"), { store: at("state") });
  const { users } = await client.users();
  const { items } = await client.items({ limit: 60 });
  const random = new RandomStream(9);
  const { lastTime } = await client.model();
  // People and items of the log, and one new person; times between events of the log and after it, two at one moment.
  const people = [...users.slice(0, 8), "newcomer"];
  const events = Array.from({ length: 400 }, (_, k) => {
    const label = random.below(2) as 0 | 1;
    const item = items[random.below(items.length)]!.id;
    const time = lastTime - 1000 + 7 * (k >> 1);
    return { user: people[random.below(people.length)]!, item, time, label, features: { clicked: String(label) } };
  });
  for (let start = 0; start < events.length; start += 50) {
    const sent = { events: events.slice(start, start + 50) };
    expect((await send("POST", "/v1/events", sent)).body).toEqual({ stored: 50 });
  }
  const live = {
    users: new Map<string, Counters>(),
    items: new Map<string, Counters>(),
    history: new Map<string, string[]>(),
  };
  for (const user of [...people, users.at(-1)!]) {
    const { counters, history } = await client.user(user);
    live.users.set(user, counters);
    live.history.set(
      user,
      history.map(({ item }) => item),
    );
  }
  for (const { id } of items) live.items.set(id, (await client.item(id)).counters);
  expect(await server.stop()).toBe(true);

  const yaml = await mmdin("export-events", "--store", "state", "--out", "new.jsonl");
  expect(yaml).toMatch(/^400 events of 9 people/);
  const collected = readFileSync(at("new.jsonl"), "utf8").trim().split("\n");
  expect(collected).toHaveLength(400);
  // Log and export together, as docs/deploy.md does it: one more file with the same columns.
  const log = readFileSync(at("world/events.csv"), "utf8");
  const lines = collected.map((line) => {
    const { user, item, time, clicked } = JSON.parse(line) as Record<string, unknown>;
    return `${user},${item},${time},${clicked}\n`;
  });
  writeFileSync(at("world/events.csv"), log);
  appendFileSync(at("world/events.csv"), lines.join(""));
  await prepare(at("world/dataset.yaml"), { out: at("next") });

  const next = openDataset(at("next"));
  expect(next.events.count).toBe(1900);
  const [userIds, itemIds] = [loadIds(next.catalogue, "users"), loadIds(next.catalogue, "items")];
  const keys = userIds.flatMap((user, u) =>
    Array.from({ length: next.events.userStart[u + 1]! - next.events.userStart[u]! }, (_, k) => {
      const e = next.events.userStart[u]! + k;
      return `${user},${itemIds[next.events.item[e]!]},${next.events.time[e]},${next.events.label[e]}`;
    }),
  );
  const logged = log.trim().split("\n").slice(1);
  const sent = events.map(({ user, item, time, label }) => `${user},${item},${time},${label}`);
  expect(keys.sort()).toEqual([...logged, ...sent].sort());

  for (const [user, counters] of live.users) {
    const u = userIds.indexOf(user);
    const [start, end] = [next.events.userStart[u]!, next.events.userStart[u + 1]!];
    const labels = next.events.label.subarray(start, end);
    expect([user, counters.count, counters.positives]).toEqual([user, end - start, labels.reduce((a, b) => a + b, 0)]);
    const history = Array.from(next.events.item.subarray(start, end), (item) => itemIds[item]!);
    expect(live.history.get(user)).toEqual(history);
  }
  // A server of the next run starts from its snapshot of the items.
  await train({ data: at("next"), out: at("run-next"), model: "popularity" });
  const again = await startedServer(at("run-next"));
  for (const [item, counters] of live.items)
    expect([item, (await again.client.item(item)).counters]).toEqual([item, counters]);
  await again.server.stop();
});

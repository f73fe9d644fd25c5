import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Event } from "../../src/contract.js";
import { openDataset, prepare } from "../../src/data/index.js";
import { RandomStream } from "../../src/random.js";
import { openStore } from "../../src/serving/state/open-store.js";
import { noRedis, redisServer } from "../redis-server.js";
import { runMmdin } from "./run-mmdin.js";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Ids that a reader which guesses would change, and text that a writer which forgets to quote would.
const NAMES = ["007", "2020-01-01T00:00:00", "1e3", "true", 'ann, "bob"', "o'neil", "ключ", "line\nbreak", "\u{1f600}"];
const random = new RandomStream(3);
const collected: Event[] = Array.from({ length: 900 }, (_, k) => ({
  user: NAMES[random.below(NAMES.length)]!,
  item: `${NAMES[random.below(NAMES.length)]}${k % 4}`,
  time: 1_600_000_000 + random.below(400) * 3600 + (k % 2) / 4,
  label: random.below(2) as 0 | 1,
  features: {
    rating: k % 3 === 0 ? String(random.below(10) / 2) : random.below(10) / 2,
    ...(k % 5 === 0 ? {} : { device: NAMES[random.below(3)]! }),
    label: "a name that is taken",
  },
  context: { hour: random.below(24), "from-mail": k % 2 === 0 },
}));

/** Exports a store by the command, prepares what it wrote by the lines that it printed, and compares with the events themselves. */
async function roundTrip(place: string): Promise<void> {
  const folder = newFolder();
  const at = (name: string): string => join(folder, name);
  const store = await openStore(place);
  await store.append([{ user: "of the log", item: "x", time: 1, label: 1 }], { counted: false });
  for (let start = 0; start < collected.length; start += 50) await store.append(collected.slice(start, start + 50));
  await store.close();

  const { status, stdout, stderr } = await runMmdin(folder, "export-events", "--store", place, "--out", "events.jsonl");
  expect(status, stderr).toBe(0);
  const people = new Set(collected.map(({ user }) => user)).size;
  expect(stdout).toMatch(
    new RegExp(`^900 events of ${people} people, from 2020-09-1\\d \\d\\d:\\d\\d to 2020-09-\\d\\d`),
  );
  expect(readdirSync(folder)).toEqual(["events.jsonl"]);
  const yaml = stdout.slice(stdout.indexOf("events:\n"));
  expect(yaml).toContain("    label: { kind: category, from: event_label }");
  expect(yaml).toContain('    from-mail: { kind: category, from: "\\"from-mail\\"" }');
  writeFileSync(at("dataset.yaml"), `name: same\n${yaml}`);

  // The same, from the events as they were sent.
  const value = (cell: unknown): unknown => cell ?? null;
  const records = collected.map(({ user, item, time, label, features, context }) => ({
    u: user,
    i: item,
    t: time,
    l: label,
    r: Number(features?.rating),
    d: value(features?.device),
    x: value(features?.label),
    h: value(context?.hour),
    m: String(context?.["from-mail"]),
  }));
  writeFileSync(at("sent.jsonl"), records.map((record) => JSON.stringify(record)).join("\n"));
  const types =
    "{u: 'VARCHAR', i: 'VARCHAR', t: 'DOUBLE', l: 'INT', r: 'DOUBLE', d: 'VARCHAR', x: 'VARCHAR', h: 'DOUBLE', m: 'VARCHAR'}";
  writeFileSync(
    at("sent.yaml"),
    `name: same
events:
  from: { sql: "SELECT * FROM read_json('sent.jsonl', columns = ${types})" }
  user: u
  item: i
  time: t
  label: l
  features:
    rating: { kind: number, from: r }
    device: { kind: category, from: d }
    label: { kind: category, from: x }
context:
  features:
    hour: { kind: number, from: h }
    from-mail: { kind: category, from: m }
`,
  );
  await prepare(at("dataset.yaml"), { out: at("exported") });
  await prepare(at("sent.yaml"), { out: at("sent") });
  const [exported, sent] = [openDataset(at("exported")), openDataset(at("sent"))];
  expect(exported.events.count).toBe(900);
  expect(exported.events.features).toHaveLength(3);
  expect(exported.events).toEqual(sent.events);
  const files = readdirSync(at("sent"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".arrow"),
  );
  expect(files.length).toBeGreaterThan(3);
  for (const name of files)
    expect(readFileSync(join(at("exported"), name)).equals(readFileSync(join(at("sent"), name))), name).toBe(true);
}

test("what lmdb has collected is exported and prepared as the same events", async () => {
  await roundTrip(join(newFolder(), "state"));
});

describe.skipIf(noRedis !== undefined)(`Redis${noRedis === undefined ? "" : ` (${noRedis})`}`, () => {
  test("what Redis has collected is exported and prepared as the same events", async () => {
    const redis = await redisServer();
    onTestFinished(() => redis.remove());
    await roundTrip(`${redis.address}/2`);
  });
});

test("a store that is not there, or has nothing, is said, and no file is written", async () => {
  const folder = newFolder();
  const missing = await runMmdin(folder, "export-events", "--store", "stat", "--out", "events.jsonl");
  expect([missing.status, missing.stdout]).toEqual([1, ""]);
  expect(missing.stderr).toBe(
    "mmdin: stat: there is no store here. Give the folder, or the address, that the server was given as --store.\n",
  );
  expect(existsSync(join(folder, "stat"))).toBe(false);
  await (await openStore(join(folder, "state"))).close();
  const empty = await runMmdin(folder, "export-events", "--store", "state", "--out", "events.jsonl");
  expect([empty.status, empty.stderr]).toEqual([1, "mmdin: state: no events were collected here\n"]);
  expect(readdirSync(folder)).toEqual(["state"]);
});

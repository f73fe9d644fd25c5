import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDatasetConfig } from "../config/dataset-config.js";
import type { ProgressUpdate } from "../contract.js";
import { findTruthRows, generateWorld, readTruth } from "./index.js";

const small = { seed: 5, users: 60, items: 150, events: 3000 };
let place: string;
let world: string;
const updates: ProgressUpdate[] = [];
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "mmdin-world-"));
  world = join(place, "world");
  await generateWorld({ out: world, ...small, progress: (update) => updates.push(update) });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("a world", () => {
  test("is the same bytes from the same seed, and others from another", async () => {
    const before = hashes(world);
    await generateWorld({ out: world, ...small });
    expect(hashes(world)).toEqual(before);
    await generateWorld({ out: join(place, "other"), ...small, seed: 6 });
    const other = hashes(join(place, "other"));
    const withoutPosters = (files: object): string[] =>
      Object.keys(files).filter((path) => !path.startsWith("posters/"));
    expect(withoutPosters(other)).toEqual(withoutPosters(before));
    expect(other["events.csv"]).not.toBe(before["events.csv"]);
    expect(other["items.jsonl"]).not.toBe(before["items.jsonl"]);
  });

  test("tells how many posters are drawn", () => {
    expect(updates.filter(({ phase }) => phase === "drawing posters").map(({ done }) => done)).toEqual(
      Array.from({ length: 150 }, (_, i) => i),
    );
  });

  test("tells of an event the user, item, time and click, and nothing else", () => {
    const [header, ...lines] = readFileSync(join(world, "events.csv"), "utf8").trimEnd().split("\n");
    expect(header).toBe("user,item,time,clicked");
    expect(lines).toHaveLength(3000);
    expect(lines.filter((line) => !/^u\d\d,i\d\d\d,17\d{8},[01]$/.test(line))).toEqual([]);
  });

  test("tells of an item the id, title, blurb, category, price, age and poster; four of these are missing at times", () => {
    const parsed = readItems(world);
    expect(parsed).toHaveLength(150);
    for (const item of parsed) {
      expect(Object.keys(item)).toEqual(["item", "title", "blurb", "category", "price", "age", "poster"]);
    }
    const missing = (key: string): number => parsed.filter((item) => item[key] === null).length;
    expect(missing("price")).toBeGreaterThan(4);
    expect(missing("price")).toBeLessThan(35);
    expect(missing("age")).toBeGreaterThan(8);
    expect(missing("age")).toBeLessThan(45);
    expect([missing("blurb"), missing("poster")].every((count) => count > 0 && count < 20)).toBe(true);
    expect([missing("category"), missing("title")]).toEqual([0, 0]);
  });

  test("has a poster file for each item that names one, and no other", () => {
    const named = readItems(world).flatMap(({ poster }) => (poster === null ? [] : [poster]));
    expect(
      readdirSync(join(world, "posters"))
        .sort()
        .map((name) => `posters/${name}`),
    ).toEqual(named);
  });

  test("has a sheet of 40 posters with their titles, under the names of eight topics", () => {
    const sheet = readFileSync(join(world, "contact-sheet.html"), "utf8");
    expect(sheet.match(/src="data:image\/png;base64,/g)).toHaveLength(40);
    expect(sheet.match(/<h2/g)).toHaveLength(8);
    const titles = readItems(world).filter(({ title }) => sheet.includes(`<strong dir="auto">${title}</strong>`));
    expect(titles.length).toBeGreaterThan(30); // an apostrophe is written otherwise in HTML
  });

  test("has a dataset.yaml that is read without a complaint: text and posters, nothing of the truth", () => {
    const { config } = readDatasetConfig(join(world, "dataset.yaml"));
    expect(Object.keys(config.items?.modalities ?? {})).toEqual(["category", "price", "age", "text", "poster"]);
    expect(config.items?.title).toBe("title");
    expect(config.split).toEqual({ by: "time", train: 0.8, valid: 0.1, test: 0.1 });
    expect(JSON.stringify(config)).not.toContain("truth");
  });

  test("has a truth that stands beside its events, line by line", () => {
    const { events, people, items, manifest } = readTruth(world);
    const lines = readFileSync(join(world, "events.csv"), "utf8").trimEnd().split("\n").slice(1);
    const told = Array.from(lines.keys(), (row) =>
      [people[events.user[row]!]!.user, items[events.item[row]!]!.item, events.time[row], events.clicked[row]].join(
        ",",
      ),
    );
    expect(told).toEqual(lines);
    expect(manifest.counts.clicks).toBe(events.clicked.reduce((a, b) => a + b, 0));
    const keys = [7, 2999, 0].map((row) => {
      const [user = "", item = "", time] = lines[row]!.split(",");
      return { user, item, time: Number(time) };
    });
    const truth = readTruth(world);
    expect([...findTruthRows(truth, keys)]).toEqual([7, 2999, 0]);
    expect(() => findTruthRows(truth, [{ ...keys[0]!, user: "u99" }])).toThrow(
      /^the world has no such event: expected events of the world of seed 5, got user u99, item i\d+, time \d+\./,
    );
  });
});

describe("refusals", () => {
  test("a folder that holds something else is left as it is", async () => {
    const out = join(place, "mine");
    mkdirSync(join(out, "truth"), { recursive: true });
    writeFileSync(join(out, "truth", "manifest.json"), "{}");
    await expect(generateWorld({ out, ...small })).rejects.toThrow(
      "something else is there already: expected a new folder, or a world to replace",
    );
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(["truth", join("truth", "manifest.json")]);
    expect(readdirSync(place).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test.each([
    [{ seed: -1 }, "seed: not a size of a world: expected a whole number of at least 0, got -1"],
    [{ users: 0 }, "users: not a size of a world: expected a whole number of at least 1, got 0"],
    [{ items: 1.5 }, "items: not a size of a world: expected a whole number of at least 1, got 1.5"],
    [
      { events: 59 },
      "events: not a size of a world: expected a whole number of at least 60, one for each person, got 59",
    ],
  ])("%o is no size", async (wrong, message) => {
    await expect(generateWorld({ out: join(place, "none"), ...small, ...wrong })).rejects.toThrow(message);
  });

  test("no world, another version and a shortened file are told apart", async () => {
    const out = join(place, "damaged");
    expect(() => readTruth(out)).toThrow("the manifest of a world cannot be read. Give a folder that `mmdin world`");
    await generateWorld({ out, ...small });
    const people = join(out, "truth", "people.jsonl");
    writeFileSync(people, readFileSync(people, "utf8").split("\n").slice(1).join("\n"));
    expect(() => readTruth(out)).toThrow("not as it was written: expected 60 lines, got 59. Make the world again.");
    const manifest = join(out, "truth", "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"version": 2', '"version": 1'));
    expect(() => readTruth(out)).toThrow("a world of another version: expected version 2, got version 1.");
    writeFileSync(manifest, '{ "format": "mmdin-dataset", "version": 1 }');
    expect(() => readTruth(out)).toThrow(
      'not the manifest of a world: expected format "mmdin-world", got "mmdin-dataset"',
    );
  });
});

function readItems(folder: string): Record<string, unknown>[] {
  const lines = readFileSync(join(folder, "items.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path.slice(folder.length + 1).replaceAll("\\", "/"),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}

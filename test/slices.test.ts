import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { userOf } from "../src/data/batch-layout.js";
import type { Dataset } from "../src/data/index.js";
import { SLICE_NAMES, type SliceName, slicesOf } from "../src/training/slices.js";
import { prepareToy } from "./exam/toy-world.js";

let folder = "";
let dataset: Dataset;
let slices: Record<SliceName, Uint8Array>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-slices-"));
  dataset = await prepareToy(folder);
  slices = slicesOf(dataset, "test");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sum = (mask: Uint8Array): number => mask.reduce((total, flag) => total + flag, 0);

test.each<[string, SliceName[]]>([
  ["items by what training has seen of them", ["coldItems", "rareItems", "commonItems", "popularItems"]],
  ["people by what training has seen of them", ["newUsers", "lightUsers", "regularUsers", "heavyUsers"]],
  ["the length of the history", ["emptyHistory", "shortHistory", "longHistory"]],
  ["whether the candidate has every modality", ["allModalities", "missingModality"]],
])("%s: each test row is in exactly one slice", (_, names) => {
  const each = Array.from({ length: dataset.rows.test.count }, (_, row) =>
    names.reduce((total, name) => total + slices[name][row]!, 0),
  );
  expect(new Set(each)).toEqual(new Set([1]));
});

test("rare, common and popular items are the warm ones", () => {
  expect(sum(slices.rareItems) + sum(slices.commonItems) + sum(slices.popularItems)).toBe(sum(slices.warmItems));
  expect(sum(slices.commonItems)).toBeGreaterThan(0);
});

test("a person is new, light, regular or heavy by the number of their training rows", () => {
  const { events, rows } = dataset;
  const counts = new Map<number, number>();
  for (const event of rows.train.event) {
    const user = userOf(events, event);
    counts.set(user, (counts.get(user) ?? 0) + 1);
  }
  const named: [SliceName, number, number][] = [
    ["newUsers", 0, 0],
    ["lightUsers", 1, 9],
    ["regularUsers", 10, 99],
    ["heavyUsers", 100, 1e9],
  ];
  for (const [name, least, most] of named) {
    rows.test.event.forEach((event, row) => {
      const count = counts.get(userOf(events, event)) ?? 0;
      expect(slices[name][row]).toBe(count >= least && count <= most ? 1 : 0);
    });
  }
  expect(sum(slices.newUsers)).toBeGreaterThan(0);
  expect(SLICE_NAMES).toHaveLength(14);
});

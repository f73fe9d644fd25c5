import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDataset, prepare } from "./index.js";

const SHARED = "../shared/data";
const present = existsSync(SHARED);
if (!present) console.log(`${SHARED} is not there: real films and office products are not tested`);

const folder = mkdtempSync(join(tmpdir(), "mmdin-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function prepared(example: string, data: string) {
  const out = join(folder, example.replaceAll("/", "-"));
  return { out, summary: await prepare(`examples/${example}.yaml`, { out, root: `${SHARED}/${data}` }) };
}

test.skipIf(!present)("films by time: 80,668 / 10,084 / 10,084 rows, 2,029 of the last ones cold", async () => {
  const { out, summary } = await prepared("movielens/dataset", "movielens");
  expect(Object.values(summary.splits).map(({ rows }) => rows)).toEqual([80_668, 10_084, 10_084]);
  expect(Math.round((summary.splits.test.unknownItemShare ?? 0) * 10_084)).toBe(2029);
  expect(summary.modalities.overview?.events).toBeCloseTo(0.944, 3);
  expect(summary.modalities.poster?.events).toBeCloseTo(0.925, 3);
  expect(summary.bytes.perEvent).toBeLessThan(52);
  const { catalogue, events } = openDataset(out);
  expect(catalogue.items.count).toBe(9743);
  expect(catalogue.modalities.map(({ name }) => name)).toEqual(["genres", "year", "overview", "poster"]);
  expect(catalogue.eventFeatures[0]).toMatchObject({
    kind: "category",
    vocabulary: expect.arrayContaining(["0.5", "4", "5"]),
  });
  expect(events.count).toBe(100_836);
});

test.skipIf(!present)(
  "what comes next: 603 people, one negative a row, 100 fixed candidates beside the positive",
  async () => {
    const { out, summary } = await prepared("movielens/next", "movielens");
    expect(summary.splits.test).toMatchObject({ rows: 1206, users: 603, labelRate: 0.5 });
    expect(summary.ranking).toEqual({ valid: { lists: 603, width: 101 }, test: { lists: 603, width: 101 } });
    expect(summary.bytes.perEvent).toBeLessThan(64);
    expect(openDataset(out).ranking.test?.item).toHaveLength(603 * 101);
  },
);

test.skipIf(!present)("office products: an order without a clock, leave-last", async () => {
  const { out, summary } = await prepared("office/dataset", "office");
  expect(summary).toMatchObject({ events: 22_447, users: 3231, items: 3459, clock: "order" });
  expect(summary.splits.test.rows).toBe(2 * 3231);
  const { events } = openDataset(out);
  expect(events.historyEnd.every((end, e) => end === e)).toBe(true);
});

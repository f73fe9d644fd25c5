import { expect, test } from "vitest";
import { csv, type DatasetFolder, datasetFolder, leaveLastFolder } from "../../test/dataset-folder.js";
import { RandomStream } from "../random.js";
import { type Dataset, loadIds, SPLITS } from "./index.js";

const random = new RandomStream(7);
/** 40 people with 3 to 12 events over 60 items of falling popularity. */
const LOG = Array.from({ length: 40 }, (_, u) =>
  Array.from({ length: 3 + random.below(10) }, (_, k) => [
    `u${u}`,
    `i${Math.floor(random.uniform() ** 2 * 60)}`,
    k * 10 + random.below(10),
  ]),
).flat();
const EXCLUDED = LOG.filter((_, k) => k % 3 === 0).map(([user], k) => [user!, `i${(k * 11) % 70}`]);

function implicit(more = ""): DatasetFolder {
  const files = { "seen.csv": csv("user,item", [...EXCLUDED, ["nobody", "i1"]]) };
  return leaveLastFolder(LOG, { ranking: "{ negatives: 12 }", more, files });
}

/** What each user may never be given, by ids. */
function barred(exclude: boolean): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const [user, item] of exclude ? [...LOG, ...EXCLUDED] : LOG) {
    sets.set(String(user), (sets.get(String(user)) ?? new Set()).add(String(item)));
  }
  return sets;
}

function userOf({ events }: Dataset, event: number): number {
  return events.userStart.findIndex((start, user) => start <= event && event < (events.userStart[user + 1] ?? 0));
}

test.each([false, true])(
  "no negative is an item that its user ever had (excluding a source too: %s)",
  async (exclude) => {
    const dataset = await implicit(
      exclude ? "negatives: { perPositive: 3, exclude: seen.csv }" : "negatives: { perPositive: 3 }",
    ).dataset();
    const { rows, ranking, catalogue, events } = dataset;
    const [users, items] = [loadIds(catalogue, "users"), loadIds(catalogue, "items")];
    const never = barred(exclude);
    const universe = new Set(LOG.map(([, item]) => item));
    for (const split of SPLITS) {
      const { count, event, item, label } = rows[split];
      expect(count % 4).toBe(0);
      for (let r = 0; r < count; r += 4) {
        expect([...label.subarray(r, r + 4)]).toEqual([1, 0, 0, 0]);
        expect(new Set(event.subarray(r, r + 4)).size).toBe(1);
        expect(item[r]).toBe(events.item[event[r]!]);
        expect(new Set(item.subarray(r, r + 4)).size).toBe(4);
        for (const negative of item.subarray(r + 1, r + 4)) {
          expect(never.get(users[userOf(dataset, event[r]!)]!)?.has(items[negative]!)).toBe(false);
          expect(universe.has(items[negative]!)).toBe(true);
        }
      }
    }
    for (const split of ["valid", "test"] as const) {
      const lists = ranking[split]!;
      expect(lists).toMatchObject({ count: rows[split].count / 4, width: 13 });
      for (let row = 0; row < lists.count; row++) {
        const candidates = [...lists.item.subarray(row * 13, (row + 1) * 13)];
        expect(lists.event[row]).toBe(rows[split].event[row * 4]);
        expect(candidates[0]).toBe(rows[split].item[row * 4]);
        expect(new Set(candidates).size).toBe(13);
        const own = never.get(users[userOf(dataset, lists.event[row]!)]!)!;
        expect(candidates.slice(1).some((item) => own.has(items[item]!))).toBe(false);
      }
    }
    expect(ranking.train).toBeUndefined();
  },
);

test("a negative's item statistics are as of its positive's time", async () => {
  const { rows, ranking, events } = await implicit().dataset();
  const countBefore = (item: number, time: number) =>
    Math.log1p(events.item.reduce((sum, other, e) => sum + (other === item && events.time[e]! < time ? 1 : 0), 0));
  for (let r = 0; r < rows.train.count; r++) {
    expect(rows.train.itemStatistics[r]).toBeCloseTo(
      countBefore(rows.train.item[r]!, events.time[rows.train.event[r]!]!),
      5,
    );
  }
  const { item, itemStatistics, event } = ranking.test!;
  for (let c = 0; c < item.length; c++) {
    expect(itemStatistics[c]).toBeCloseTo(countBefore(item[c]!, events.time[event[Math.floor(c / 13)]!]!), 5);
  }
});

test("the same seed draws the same items, another seed others", async () => {
  const folder = implicit();
  const drawn = async (seed: number) => (await folder.dataset({ seed })).rows.train.item.slice();
  const [one, again, other] = [await drawn(1), await drawn(1), await drawn(2)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test("uniform draws take every item alike, popularity draws by events in training", async () => {
  const log = Array.from({ length: 400 }, (_, u) =>
    Array.from({ length: 5 }, (_, k) => [`u${u}`, k < 3 ? `p${(u + k) % 4}` : `r${(u * 2 + k) % 40}`, k]),
  ).flat();
  const folder = (sampler: string) =>
    datasetFolder({
      "events.csv": csv("user,item,ts", log),
      "dataset.yaml": `name: popular
events: { from: events.csv, user: user, item: item, time: ts, label: implicit }
split: { by: file, train: events.csv, valid: events.csv, test: events.csv }
negatives: { perPositive: 1, sampler: ${sampler} }`.replace("from: events.csv, ", ""),
    });
  const shareOfPopular = async (sampler: string) => {
    const { rows, catalogue } = await folder(sampler).dataset();
    const ids = loadIds(catalogue, "items");
    const negatives = [...rows.train.item].filter((_, r) => r % 2 === 1);
    return negatives.filter((item) => ids[item]?.startsWith("p")).length / negatives.length;
  };
  // Each person has had 3 of the 4 popular items and 2 of the 40 rare ones: 1 of 39 free items is popular, with 300 of
  // the 300 + 38 * 20 events that are left.
  expect(await shareOfPopular("uniform")).toBeCloseTo(1 / 39, 1.5);
  expect(await shareOfPopular("popularity")).toBeCloseTo(300 / (300 + 38 * 20), 1.3);
});

test("where nearly all items are barred, the rest is listed and drawn from", async () => {
  const log = Array.from({ length: 3 }, (_, u) =>
    Array.from({ length: 38 }, (_, k) => [`u${u}`, `i${(k + u * 20) % 40}`, k]),
  ).flat();
  const { ranking } = await leaveLastFolder(log, { ranking: "{ negatives: 2 }" }).dataset();
  for (const row of [0, 1, 2]) expect(new Set(ranking.test?.item.subarray(row * 3, row * 3 + 3)).size).toBe(3);
});

test("ranking candidates are drawn by their own kind, whatever draws the negatives of rows", async () => {
  // Everybody has three of 8 popular items, then three of 60 rare ones: these are the held-out ones, and one of training.
  const log = Array.from({ length: 300 }, (_, u) => {
    const popular = [`p${u % 8}`, `p${(u + 1) % 8}`, `p${(u + 3) % 8}`];
    const rare = [`r${(u * 3) % 60}`, `r${(u * 3 + 1) % 60}`, `r${(u * 7 + 2) % 60}`];
    return [...popular, ...new Set(rare)].map((item, k) => [`u${u}`, item, k]);
  }).flat();
  const shares = async (sampler: string, kind: string) => {
    const more = `negatives: { sampler: ${sampler} }`;
    const dataset = await leaveLastFolder(log, { ranking: `{ negatives: 3, kind: ${kind} }`, more }).dataset();
    const ids = loadIds(dataset.catalogue, "items");
    const popular = (items: Int32Array, keep: (k: number) => boolean) => {
      const drawn = [...items].filter((_, k) => keep(k));
      return drawn.filter((item) => ids[item]?.startsWith("p")).length / drawn.length;
    };
    const { train } = dataset.rows;
    return {
      rows: popular(train.item, (k) => k % 2 === 1),
      lists: popular(dataset.ranking.test!.item, (k) => k % 4 > 0),
      counts: dataset,
    };
  };
  const uniform = await shares("popularity", "uniform");
  const byCounts = await shares("uniform", "popularity");
  // 5 of the 62 free items are popular; of the 1,200 training events 900 are of popular ones.
  expect(uniform.lists).toBeCloseTo(5 / 62, 1);
  expect(uniform.rows).toBeGreaterThan(0.5);
  expect(byCounts.rows).toBeCloseTo(5 / 62, 1);
  expect(byCounts.lists).toBeGreaterThan(0.5);

  const { events, rows, ranking, catalogue } = byCounts.counts;
  const trained = new Float64Array(catalogue.items.count);
  const held = new Set([...rows.valid.event, ...rows.test.event]);
  for (let e = 0; e < events.count; e++) if (!held.has(e)) trained[events.item[e]!]! += 1;
  const drawn = new Float64Array(catalogue.items.count);
  for (const lists of [ranking.valid!, ranking.test!]) {
    lists.item.forEach((item, k) => {
      if (k % lists.width > 0) drawn[item]! += 1;
    });
  }
  for (let item = 1; item < drawn.length; item++) if (trained[item] === 0) expect(drawn[item]).toBe(0);
  expect(correlation([...drawn], [...trained])).toBeGreaterThan(0.95);
});

function correlation(a: number[], b: number[]): number {
  const centred = [a, b].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, k) => sum + value * y[k]!, 0);
  const [x = [], y = []] = centred;
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

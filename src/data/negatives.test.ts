import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
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

function implicit(more = ""): ReturnType<typeof datasetFolder> {
  return datasetFolder({
    "events.csv": csv("user,item,ts", LOG),
    "seen.csv": csv("user,item", [...EXCLUDED, ["nobody", "i1"]]),
    "dataset.yaml": `name: implicit
events: { from: events.csv, user: user, item: item, time: ts, label: implicit }
split: { by: leave-last }
ranking: { negatives: 12 }
${more}`,
  });
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
  const { ranking } = await datasetFolder({
    "events.csv": csv("user,item,ts", log),
    "dataset.yaml": `name: dense
events: { from: events.csv, user: user, item: item, time: ts, label: implicit }
split: { by: leave-last }
ranking: { negatives: 2 }`,
  }).dataset();
  for (const row of [0, 1, 2]) expect(new Set(ranking.test?.item.subarray(row * 3, row * 3 + 3)).size).toBe(3);
});

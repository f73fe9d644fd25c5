import { describe, expect, test } from "vitest";
import { goldenCatalogue } from "../../../test/models/golden.js";
import { CoVisited } from "./co-visited.js";
import { mergeSources } from "./merge-sources.js";
import { type NewItemsQuestion, newItems } from "./new-items.js";
import { Popular } from "./popular.js";

const allows = (): boolean => true;

describe("co-visited items", () => {
  // 1: 2 (.5), 3 (.4); 2: 1 (.5), 4 (.3); 3: 1 (.4); 4: 2 (.3)
  const table = {
    start: Int32Array.of(0, 0, 2, 4, 5, 6),
    items: Int32Array.of(2, 3, 1, 4, 1, 2),
    similarities: Float32Array.of(0.5, 0.4, 0.5, 0.3, 0.4, 0.3),
  };
  const steps = [
    { step: 1, item: 1, weight: 1 },
    { step: 0, item: 2, weight: 0.5 },
  ];

  test("are scored by the weighted sum over the history, and the next question starts from zero", () => {
    const coVisited = new CoVisited(table, 5);
    // 2: .5, 3: .4, 1: .25, 4: .15
    for (const _ of [1, 2]) expect([...coVisited.find(steps, { count: 9, allows })]).toEqual([2, 3, 1, 4]);
    expect([...coVisited.find(steps, { count: 1, allows: (item) => item !== 2 })]).toEqual([3]);
  });

  test("of items that are not in the table, added ones among them, there are none", () => {
    const coVisited = new CoVisited(table, 5);
    coVisited.grow(8);
    expect(coVisited.find([{ step: 0, item: 7, weight: 1 }], { count: 9, allows })).toHaveLength(0);
  });

  test("give how alike two items are, in both directions, 1 with themselves", () => {
    const pairs = new CoVisited(table, 5).pairs(Int32Array.of(4, 2, 3));
    expect([...pairs]).toEqual([1, 0.3, 0, 0.3, 1, 0, 0, 0, 1].map(Math.fround));
  });
});

describe("popular items", () => {
  const counters = {
    count: Uint32Array.of(0, 10, 8, 8, 0, 0, 0, 0, 0),
    positives: Uint32Array.of(0, 5, 7, 2, 0, 0, 0, 0, 0),
    means: {},
  };
  const catalogue = { ...goldenCatalogue, itemCounters: counters, lastTime: 1000 };

  test("without a clock are those with most positive events, and those without an event never come", () => {
    const popular = new Popular(catalogue, null);
    expect([...popular.find({ count: 9, allows })]).toEqual([2, 1, 3]);
    popular.observe(4, { positives: 9 });
    popular.observe(99, { positives: 9 });
    expect([...popular.find({ count: 9, allows })]).toEqual([4, 2, 1, 3]);
    expect([popular.events(4), popular.events(1), popular.events(99)]).toEqual([1, 10, 0]);
  });

  test("with one, an event a time constant after the log's last counts e times as much", () => {
    const positives = Float64Array.of(0, 2, 2.8, 1, 0, 0, 0, 0, 0);
    const popular = new Popular(catalogue, { positives, timeConstant: 100 });
    popular.observe(3, { positives: 1, time: 1000 });
    expect([...popular.find({ count: 9, allows })]).toEqual([2, 1, 3]);
    popular.observe(1, { positives: 1, time: 1100 }); // 2 + e
    expect([...popular.find({ count: 9, allows })]).toEqual([1, 2, 3]);
    // Long after: finite, and above all before.
    popular.observe(3, { positives: 1, time: 1e9 });
    expect([...popular.find({ count: 2, allows })]).toEqual([3, 1]);
  });
});

describe("new items", () => {
  const asked: NewItemsQuestion = {
    trained: 10,
    items: 111,
    share: 9,
    count: 9,
    allows,
    user: "ann",
    time: 3600 * 480_000,
  };

  test("are four added last, then five whose turn it is, the same for the same question", () => {
    const found = newItems(asked);
    expect([...found.subarray(0, 4)]).toEqual([110, 109, 108, 107]);
    expect(new Set(found).size).toBe(9);
    expect(newItems(asked)).toEqual(found);
    expect(newItems({ ...asked, user: "bob" })).not.toEqual(found);
  });

  test("all 96 others have had their turn with each of 20 people after 20 hours, and none has had much more of them", () => {
    const shown = new Int32Array(111);
    for (let person = 0; person < 20; person++) {
      const seen = new Set<number>();
      for (let hour = 0; hour < 20; hour++) {
        const found = newItems({ ...asked, user: `user ${person}`, time: 3600 * hour });
        for (const item of found.subarray(4)) {
          seen.add(item);
          shown[item]! += 1;
        }
      }
      expect(seen.size).toBe(96);
    }
    expect(Math.min(...shown.subarray(11, 107))).toBe(20);
    expect(Math.max(...shown.subarray(11, 107))).toBeLessThan(28);
  });

  test("go on behind their share where more are asked for, without those that are not allowed", () => {
    const odd = newItems({ ...asked, count: 500, allows: (item) => item % 2 === 1 });
    expect([...odd].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 11 + 2 * i));
    expect(newItems({ ...asked, trained: 110 })).toHaveLength(0);
    expect(newItems({ ...asked, time: -1e6 })).toHaveLength(9);
  });
});

describe("sources", () => {
  const sources = [
    { source: "similar", share: 0.5, items: Int32Array.of(1, 2, 3, 4) },
    { source: "popular", share: 0.5, items: Int32Array.of(2, 1, 5, 6, 7) },
  ] as const;

  test("are merged by their shares, each item by the first that names it, and what is left goes to the first", () => {
    const named = (most: number): string[] =>
      mergeSources(sources, { most }).map(({ item, source }) => `${item} ${source}`);
    expect(named(4)).toEqual(["1 similar", "2 similar", "5 popular", "6 popular"]);
    expect(named(7)).toHaveLength(7);
    expect(named(100).sort()).toEqual([
      "1 similar",
      "2 similar",
      "3 similar",
      "4 similar",
      "5 popular",
      "6 popular",
      "7 popular",
    ]);
  });

  test("that have nothing leave their share to the others", () => {
    const empty = { ...sources[0], items: new Int32Array(0) };
    expect(mergeSources([empty, sources[1]], { most: 4 }).map(({ item }) => item)).toEqual([2, 1, 5, 6]);
  });
});

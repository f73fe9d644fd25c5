import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { HistoryStep } from "../../src/contract.js";
import { createRanker, type Ranker } from "../../src/serving/index.js";
import { type Shop, trainedShop } from "./shop-run.js";

let shop: Shop;
let ranker: Ranker;
beforeAll(async () => {
  shop = await trainedShop();
  ranker = await createRanker(shop.run, { clock: "log" });
});
afterAll(async () => {
  await ranker?.close();
  shop.remove();
});

const HISTORY: HistoryStep[] = [3, 8, 14].map((k, at) => ({
  item: `i${k}`,
  time: 1_000_100 + at,
  label: 1,
  features: { stars: 5 },
}));
const idsOf = ({ results }: { results: readonly { item: string }[] }): string[] => results.map(({ item }) => item);

describe("recommend", () => {
  test("gives the best of all that is not seen, with the probabilities of rank, and says why", async () => {
    const seen = new Set(HISTORY.map(({ item }) => item));
    const others = Array.from({ length: 30 }, (_, k) => `i${k}`).filter((id) => !seen.has(id));
    const answer = await ranker.recommend({ history: HISTORY });
    const ranked = await ranker.rank({ history: HISTORY, candidates: others });
    expect(idsOf(answer)).toEqual(idsOf(ranked).slice(0, 10));
    answer.results.forEach(({ logit }, at) => {
      expect(Math.abs(logit - ranked.results[at]!.logit)).toBeLessThan(1e-5);
    });
    for (const { source, reason } of answer.results) {
      expect(["similar", "co-visited", "popular", "new"]).toContain(source);
      if (source === "similar") expect(reason).toMatch(/^because of .*, which you liked$/);
      if (source === "popular") expect(reason).toMatch(/^popular: \d+ events$/);
      expect(reason).not.toBeNull();
    }
    expect(Object.keys(answer.spent).sort()).toEqual(["candidates", "queue", "score", "state", "total"]);
  });

  test("keeps to what is asked: how many, what is excluded, what filters let through", async () => {
    const all = await ranker.recommend({ history: HISTORY, k: 100 });
    expect(all.results).toHaveLength(27);
    const withSeen = await ranker.recommend({ history: HISTORY, k: 100, includeSeen: true });
    expect(withSeen.results).toHaveLength(30);
    const [first, second] = idsOf(all);
    const without = await ranker.recommend({ history: HISTORY, k: 3, exclude: [first!, "unheard of"] });
    expect(idsOf(without)[0]).toBe(second);
    const filtered = await ranker.recommend({ k: 100, filters: { tags: "lamp", price: { max: 20 } } });
    for (const id of idsOf(filtered)) {
      const { categories, numbers } = (await ranker.item(id))!;
      expect(categories.tags).toContain("lamp");
      expect(numbers.price).toBeLessThanOrEqual(20);
    }
    expect(filtered.results.length).toBeGreaterThan(3);
    expect(idsOf(await ranker.recommend({ filters: { id: ["i5", "i6", "nothing"] } })).sort()).toEqual(["i5", "i6"]);
    const none = await ranker.recommend({ filters: { tags: "no such tag" } });
    expect(none.results).toEqual([]);
    expect(none.warnings[0]).toMatch(/no such tag/);
    await expect(ranker.recommend({ filters: { colour: "red" } })).rejects.toMatchObject({
      code: "REQUEST",
      message: expect.stringMatching(/filters\.colour.*expected one of id, tags, price/),
    });
    await expect(ranker.recommend({ k: 101 })).rejects.toMatchObject({ code: "REQUEST" });
    await expect(ranker.recommend({ diversity: 2 })).rejects.toMatchObject({ code: "REQUEST" });
  });

  test("diversity changes what comes after the first, a cap limits what shares a value, explanations come with each", async () => {
    const plain = await ranker.recommend({ history: HISTORY, k: 8 });
    const diverse = await ranker.recommend({ history: HISTORY, k: 8, diversity: 1 });
    expect(idsOf(diverse)[0]).toBe(idsOf(plain)[0]);
    expect(idsOf(diverse)).not.toEqual(idsOf(plain));
    const capped = await ranker.recommend({ history: HISTORY, k: 20, cap: { modality: "tags", most: 1 } });
    const tags = await Promise.all(idsOf(capped).map(async (id) => (await ranker.item(id))!.categories.tags!));
    expect(new Set(tags.flat()).size).toBe(tags.flat().length);
    const why = await ranker.recommend({ history: HISTORY, k: 3, explain: true }, { deadline: 20_000 });
    expect(idsOf(why)).toEqual(idsOf(plain).slice(0, 3));
    expect(why.results[0]!.explanation!.history.map(({ item }) => item)).toEqual(["i3", "i8", "i14"]);
    expect(why.results[0]!.explanation!.history[0]!.title).toBe("chair red chair");
  });

  test("items are found with the same filters", async () => {
    const found = await ranker.items({ filters: { tags: ["lamp"] }, limit: 200 });
    expect(found.total).toBe(12);
    for (const { categories } of found.items) expect(categories.tags).toContain("lamp");
  });

  test("events that are counted make an item popular", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mmdin-state-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const first = await createRanker(shop.run, { store: join(folder, "state"), clock: "log" });
    const before = (await ranker.item("i7"))!.counters.count;
    const events = Array.from({ length: 500 }, (_, k) => {
      return { user: `v${k}`, item: "i7", time: shop.lastTime, label: 1 as const };
    });
    await first.append(events);
    await first.close();
    const second = await createRanker(shop.run, { store: join(folder, "state"), clock: "log" });
    onTestFinished(() => second.close());
    expect((await second.items({ limit: 1 })).items[0]).toMatchObject({ id: "i7", counters: { count: before + 500 } });
    const { results } = await second.recommend({ filters: { id: "i7" } });
    expect(results[0]).toMatchObject({ item: "i7", reason: `popular: ${before + 500} events` });
  });
});

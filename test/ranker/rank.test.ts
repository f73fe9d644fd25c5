import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Event, HistoryStep } from "../../src/contract.js";
import { loadModel, openDataset, requestOfRow } from "../../src/index.js";
import { createRanker, type Ranker, type RankerOptions } from "../../src/serving/index.js";
import { type Shop, trainedShop } from "./shop-run.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

async function ranker(options: RankerOptions = {}, run = shop.run): Promise<Ranker> {
  const made = await createRanker(run, options);
  onTestFinished(() => made.close());
  return made;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "mmdin-state-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "state");
}

const CANDIDATES = Array.from({ length: 30 }, (_, k) => `i${k}`);
const STEPS: HistoryStep[] = Array.from({ length: 14 }, (_, k) => ({
  item: `i${(k * 11) % 30}`,
  time: 1_000_500 + 37 * k,
  label: k % 3 === 0 ? 0 : 1,
  features: { stars: 1 + (k % 5), shelf: k % 2 ? "top" : "low" },
}));
const eventsOf = (user: string, steps: readonly HistoryStep[] = STEPS): Event[] =>
  steps.map(({ item, time, label, features }) => ({ user, item, time: time!, label: label!, features: features! }));

const logitsOf = ({ results }: { results: readonly { item: string; logit: number }[] }): Map<string, number> =>
  new Map(results.map(({ item, logit }) => [item, logit]));
function mostApart(a: Map<string, number>, b: Map<string, number>): number {
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
  return Math.max(...[...a].map(([item, logit]) => Math.abs(logit - b.get(item)!)));
}

describe("rank", () => {
  test("gives what loadModel gives, to 1e-6, and says where it comes from", async () => {
    const time = shop.lastTime + 100;
    const question = { history: STEPS, time, context: { page: "top" }, candidates: CANDIDATES };
    const model = await loadModel(shop.run);
    const expected = await model.rank(question);
    await model.close();
    const asked = await ranker();
    const answer = await asked.rank(question);
    expect(mostApart(logitsOf(answer), logitsOf({ results: expected }))).toBeLessThan(1e-6);
    expect(answer.results.map(({ item }) => item)).toEqual(expected.map(({ item }) => item));
    expect(answer.results[0]).toMatchObject({ source: "request", reason: null });
    expect(answer.results.find(({ item }) => item === "i4")!.title).toBe("table chair red");
    expect(answer).toMatchObject({ unknown: [], warnings: [], model: { run: shop.run, name: "mmdin" } });
    expect(Object.keys(answer.spent).sort()).toEqual(["queue", "score", "state", "total"]);
  });

  test("a logged row asked again gives the probability of its row: one pipeline", async () => {
    const dataset = openDataset(shop.data);
    const request = requestOfRow(dataset, { split: "test", row: 7 });
    const model = await loadModel(shop.run);
    const [expected] = await model.rank(request);
    await model.close();
    const store = folder();
    const asked = await ranker({ store });
    // The store has what the row's person did before it, and what was counted of everybody is the run's own snapshot.
    const before = request.history.map((step) => ({ ...step, user: "again", time: step.time!, label: step.label! }));
    await asked.append(before);
    const { context, candidates, time } = request;
    const stored = await asked.rank({ user: "again", candidates, context: context!, time: time! });
    const told = await asked.rank({ history: request.history, candidates, context: context!, time: time! });
    // Both count items once more than the row did; between them nothing differs.
    expect(Math.abs(stored.results[0]!.logit - told.results[0]!.logit)).toBeLessThan(1e-6);
    expect(expected!.item).toBe(stored.results[0]!.item);
  });

  test("reads the person's history from the store, with counters of all that was ever stored", async () => {
    const asked = await ranker({ store: folder(), clock: "log" });
    await asked.append(eventsOf("ann"));
    const stored = await asked.rank({ user: "ann", candidates: CANDIDATES });
    const told = await asked.rank({ history: STEPS, candidates: CANDIDATES });
    expect(mostApart(logitsOf(stored), logitsOf(told))).toBeLessThan(1e-6);
    const nobody = await asked.rank({ user: "nobody", candidates: CANDIDATES });
    expect(mostApart(logitsOf(stored), logitsOf(nobody))).toBeGreaterThan(1e-3);
    const empty = await asked.rank({ candidates: CANDIDATES });
    expect(mostApart(logitsOf(empty), logitsOf(nobody))).toBe(0);
    expect(await asked.user("ann")).toMatchObject({ user: "ann", counters: { count: 14, positives: 9 } });
    expect(await asked.user("nobody")).toBeNull();
  });

  test("a question about an earlier moment leaves out what the store says came later, of history and counters", async () => {
    const asked = await ranker({ store: folder() });
    await asked.append(eventsOf("ann"));
    const time = STEPS[9]!.time!;
    const stored = await asked.rank({ user: "ann", time, candidates: CANDIDATES });
    const told = await asked.rank({ history: STEPS.slice(0, 9), time, candidates: CANDIDATES });
    expect(mostApart(logitsOf(stored), logitsOf(told))).toBeLessThan(1e-6);
  });

  test("statistics of items are the snapshot of the run plus what the store has counted since", async () => {
    const asked = await ranker({ store: folder(), clock: "log" });
    const before = await asked.item("i3");
    const events = Array.from({ length: 40 }, (_, k): Event => {
      return { user: `other${k}`, item: "i3", time: shop.lastTime - 5, label: 1, features: { stars: 5 } };
    });
    await asked.append(events);
    const after = await asked.item("i3");
    expect(after!.counters.count).toBe(before!.counters.count + 40);
    expect(after!.counters.positives).toBe(before!.counters.positives + 40);
    const model = await loadModel(shop.run);
    onTestFinished(() => model.close());
    const snapshot = countersOf("i3");
    const items = {
      i3: {
        count: snapshot.count + 40,
        positives: snapshot.positives + 40,
        means: { stars: { count: snapshot.count + 40, sum: snapshot.stars + 200 } },
      },
    };
    const expected = await model.rank({ history: STEPS, candidates: ["i3"], statistics: { items } });
    const answer = await asked.rank({ history: STEPS, candidates: ["i3", "i4"] });
    expect(Math.abs(logitsOf(answer).get("i3")! - expected[0]!.logit)).toBeLessThan(1e-6);
    const unchanged = await model.rank({ history: STEPS, candidates: ["i3", "i4"] });
    expect(Math.abs(unchanged.find(({ item }) => item === "i3")!.logit - expected[0]!.logit)).toBeGreaterThan(1e-3);
  });

  test("a history of 10,000 steps and 10,000 candidates, some twice, some unknown", async () => {
    const asked = await ranker({ clock: "log" });
    const history = Array.from({ length: 10_000 }, (_, k): HistoryStep => {
      return { item: `i${k % 30}`, time: 1_000_000 + k / 10, label: k % 4 === 0 ? 1 : 0, features: { stars: 3 } };
    });
    const candidates = Array.from({ length: 10_000 }, (_, k) => (k % 10 === 9 ? `new${k}` : `i${k % 30}`));
    const answer = await asked.rank({ history, candidates }, { deadline: 20_000 });
    expect(answer.results).toHaveLength(10_000);
    expect(answer.unknown).toHaveLength(1000);
    const logits = logitsOf(answer);
    const model = await loadModel(shop.run);
    const expected = await model.rank({ history, candidates: ["i0", "i1", "new9"] });
    await model.close();
    for (const { item, logit } of expected) expect(Math.abs(logits.get(item)! - logit)).toBeLessThan(1e-5);
    for (let k = 1; k < answer.results.length; k++)
      expect(answer.results[k]!.logit).toBeLessThanOrEqual(answer.results[k - 1]!.logit);
  });

  test("explains at most 20 candidates, with the logits of the ranker, in its own order", async () => {
    const asked = await ranker({ store: folder(), clock: "log" });
    await asked.append(eventsOf("ann"));
    const question = { user: "ann", candidates: CANDIDATES.slice(0, 6) };
    const plain = await asked.rank(question);
    const { results, spent } = await asked.rank({ ...question, explain: true }, { deadline: 20_000 });
    expect(mostApart(logitsOf(plain), logitsOf({ results }))).toBeLessThan(1e-5);
    expect(spent.explain).toBeGreaterThan(0);
    for (const { explanation, reason } of results) {
      expect(explanation!.history.map(({ item }) => item)).toEqual(STEPS.slice(-8).map(({ item }) => item));
      expect(explanation!.heads).toEqual(asked.model().heads);
      const sum = explanation!.history.reduce((total, { contribution }) => total + contribution, 0);
      expect(sum).toBeCloseTo(explanation!.historyChange, 6);
      expect(explanation!.history[0]!.title).toBe("glass night table");
      expect(reason).not.toBe("");
    }
    const many = { ...question, candidates: CANDIDATES.slice(0, 21), explain: true };
    await expect(asked.rank(many)).rejects.toMatchObject({ code: "REQUEST" });
  });

  test("what is wrong with a question is said, with its place", async () => {
    const asked = await ranker();
    const problems = [
      [{ candidates: [] }, /^candidates: not what it should be: expected 1 to 10,000 ids, got 0$/],
      [{ candidates: ["a", ""] }, /^candidates\[1\]: .* expected an id, as text, got an empty text$/],
      [{ candidates: ["a"], time: Number.NaN }, /^time: /],
      [
        { candidates: ["a"], history: [{ item: "b", label: 2 as 1 }] },
        /^history\[0\]\.label: .* expected 0 or 1, got 2$/,
      ],
      [{ candidates: ["a"], user: "" }, /^user: /],
    ] as const;
    for (const [question, message] of problems) {
      await expect(asked.rank(question)).rejects.toMatchObject({
        code: "REQUEST",
        message: expect.stringMatching(message),
      });
    }
  });
});

/** Counted from the log itself, as shop-run.ts writes it. */
function countersOf(id: string): { count: number; positives: number; stars: number } {
  const found = { count: 0, positives: 0, stars: 0 };
  for (let e = 0; e < 600; e++) {
    if (`i${(e * 7 + (e >> 3)) % 30}` !== id) continue;
    found.count += 1;
    found.positives += (e * 5) % 3 === 0 ? 1 : 0;
    found.stars += 1 + ((e * 3) % 5);
  }
  return found;
}

describe("items and the model", () => {
  test("the summary says what is served", async () => {
    const asked = await ranker({ workers: 2 });
    expect(asked.model()).toMatchObject({
      run: shop.run,
      name: "mmdin",
      dataset: { name: "shop" },
      items: { count: 30, trained: 30, added: 0 },
      users: 20,
      historyLength: 8,
      clock: "time",
      label: "explicit",
      lastTime: shop.lastTime,
      heads: ["id", "tags", "price", "look", "text", "poster", "all"],
      gates: ["id", "tags", "price", "look", "text", "poster"],
    });
    expect(asked.model().modalities.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "id id",
      "tags category",
      "price number",
      "look vector",
      "text vector",
      "poster vector",
    ]);
    expect(asked.status()).toEqual({
      ready: true,
      storeProblem: null,
      workers: { wanted: 2, ready: 2, restarts: 0 },
      queue: { waiting: 0, most: 256 },
    });
  });

  test("items are found by words of their title in any case, with what is known of them", async () => {
    const asked = await ranker();
    expect(await asked.item("i3")).toMatchObject({
      id: "i3",
      title: "chair red chair",
      picture: true,
      origin: "trained",
      categories: { tags: ["chair", "red"] },
      numbers: { price: 3 },
    });
    expect(await asked.item("none")).toBeNull();
    const found = await asked.items({ search: "CHAIR", limit: 3 });
    expect(found.total).toBe(6);
    expect(found.items).toHaveLength(3);
    expect(found.items[0]!.title).toMatch(/^chair/);
    const second = await asked.items({ search: "chair", limit: 3, offset: 3 });
    expect(new Set([...found.items, ...second.items].map(({ id }) => id)).size).toBe(6);
    expect((await asked.items({})).total).toBe(30);
    expect(await asked.users({ search: "U1", limit: 3 })).toEqual(["u1", "u10", "u11"]);
    const near = await asked.neighbours("i3", { modality: "look", k: 2 });
    // Angles of 3 and 3 + 44 pi differ by less than those of any other: 25 = 3 + 22 = 3 + 7 pi + .0089.
    expect(near[0]!.cosine).toBeGreaterThan(0.99);
    expect(near).toHaveLength(2);
    await expect(asked.neighbours("i3", { modality: "price" })).rejects.toThrow(/expected one of look, text, poster/);
  });

  test("a picture is drawn anew, at most so wide", async () => {
    const asked = await ranker();
    const picture = await asked.picture("i3", { width: 16 });
    expect(picture).toMatchObject({ type: "image/webp" });
    const { default: sharp } = await import("sharp");
    expect(await sharp(picture!.bytes).metadata()).toMatchObject({ width: 16, height: 24, format: "webp" });
    expect(await asked.picture("i5")).toBeNull();
    expect(await asked.picture("none")).toBeNull();
  });
});

test("without a store nothing is kept: an append is refused, and says what to do", async () => {
  const asked = await ranker();
  await expect(asked.append(eventsOf("ann"))).rejects.toMatchObject({
    code: "STORE",
    message: expect.stringContaining("Start it with a store"),
  });
  expect(await asked.user("ann")).toBeNull();
  expect(await asked.forget("ann")).toBe(0);
});

test("after close everything is refused, and a folder that is no run is named", async () => {
  const asked = await ranker();
  await asked.close();
  expect(asked.status().ready).toBe(false);
  await expect(asked.rank({ candidates: ["i1"] })).rejects.toMatchObject({ code: "RUNTIME" });
  await expect(createRanker(shop.place)).rejects.toMatchObject({ code: "FORMAT" });
  await expect(createRanker(shop.run, { workers: 0 })).rejects.toMatchObject({ code: "CONFIG" });
});

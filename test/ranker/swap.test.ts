import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Catalogue, IdIndex, openCatalogue } from "../../src/data/index.js";
import { loadModel } from "../../src/index.js";
import { createRanker, type Ranker, type RankerOptions } from "../../src/serving/index.js";
import { checkFit, type Fitting } from "../../src/serving/ranker/check-fit.js";
import { noRedis, redisServer } from "../redis-server.js";
import { type Shop, trainedShop } from "./shop-run.js";

let shop: Shop;
let other: string;
beforeAll(async () => {
  shop = await trainedShop();
  other = await shop.train("other", { model: "din", seed: 9 });
});
afterAll(() => shop.remove());

async function open(options: RankerOptions = {}): Promise<Ranker> {
  const made = await createRanker(shop.run, { clock: "log", ...options });
  onTestFinished(() => made.close());
  return made;
}
function place(): string {
  const made = mkdtempSync(join(tmpdir(), "mmdin-state-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "state");
}
const HISTORY = [3, 8, 14].map((k, at) => ({ item: `i${k}`, time: 1_000_100 + at, label: 1 as const }));
const CANDIDATES = Array.from({ length: 30 }, (_, k) => `i${k}`);
const LONG = { deadline: 60_000 };

describe("swap", () => {
  test("under load no question is lost, each is answered by one run or the other, and the new one has what was put", async () => {
    const asked = await open({ store: place(), workers: 2 });
    await asked.putItem({ id: "n1", record: { title: "red lamp", tags: ["lamp"], look: [1, 0] } });
    let going = true;
    const seen = new Map<string, number>();
    const askers = Array.from({ length: 6 }, async () => {
      while (going) {
        const { model, results } = await asked.rank({ history: HISTORY, candidates: CANDIDATES }, LONG);
        expect(results).toHaveLength(30);
        seen.set(model.name, (seen.get(model.name) ?? 0) + 1);
      }
    });
    const swapped = asked.swap(other);
    await expect(asked.swap(other)).rejects.toMatchObject({ code: "BUSY" });
    const summary = await swapped;
    expect(summary).toMatchObject({ run: other, name: "din", items: { count: 31, added: 1 } });
    await new Promise((next) => setTimeout(next, 300));
    going = false;
    await Promise.all(askers);
    expect(seen.get("mmdin")).toBeGreaterThan(0);
    expect(seen.get("din")).toBeGreaterThan(0);
    const model = await loadModel(other);
    onTestFinished(() => model.close());
    const expected = await model.rank({ history: HISTORY, candidates: CANDIDATES });
    const { results } = await asked.rank({ history: HISTORY, candidates: [...CANDIDATES, "n1"] }, LONG);
    for (const { item, logit } of expected) {
      expect(Math.abs(results.find((result) => result.item === item)!.logit - logit)).toBeLessThan(1e-5);
    }
    expect((await asked.rank({ candidates: ["n1"] }, LONG)).unknown).toEqual([]);
    expect(await asked.item("n1")).toMatchObject({ title: "red lamp", origin: "added" });
    await asked.putItem({ id: "n2", record: { title: "blue lamp" } });
    expect(asked.model().items.added).toBe(2);
  });

  test("a run that does not fit, or is none, is refused with the reason, and the old one goes on", async () => {
    const asked = await open();
    const altered = (name: string, change: (catalogue: Record<string, never>) => object): string => {
      const run = join(shop.place, name);
      cpSync(other, run, { recursive: true });
      const path = join(run, "catalogue", "catalogue.json");
      writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
      return run;
    };
    const implicit = altered("implicit", (catalogue) => ({ ...catalogue, label: "implicit" }));
    await expect(asked.swap(implicit)).rejects.toMatchObject({
      code: "MISMATCH",
      message: expect.stringMatching(
        /this run cannot take over: its labels are of another kind: expected explicit, got implicit/,
      ),
    });
    await expect(asked.swap(join(shop.place, "nowhere"))).rejects.toMatchObject({ code: "FORMAT" });
    expect(asked.model()).toMatchObject({ run: shop.run, name: "mmdin" });
    expect((await asked.rank({ candidates: CANDIDATES }, LONG)).results).toHaveLength(30);
  });
});

test("a run fits where all that is asked with is still there: each reason that it does not is named", () => {
  const catalogue = openCatalogue(join(shop.run, "catalogue"));
  const users = IdIndex.of(catalogue, "users");
  const fitting = (change: Partial<Catalogue> = {}, ids = IdIndex.of(catalogue, "items")): Fitting => ({
    name: "next",
    catalogue: { ...catalogue, ...change },
    ownItems: 30,
    ids: { items: ids, users },
  });
  const { modalities, eventFeatures, context, history } = catalogue;
  expect(() =>
    checkFit(fitting({ modalities: [...modalities, { ...modalities[1]!, name: "more" }] }), fitting()),
  ).not.toThrow();
  const problems: [Fitting, RegExp][] = [
    [
      fitting({ modalities: modalities.slice(1) }),
      /modality "tags" is missing: expected a category, got price, look, text, poster/,
    ],
    [
      fitting({ modalities: [{ ...modalities[1]!, name: "tags" }] }),
      /modality "tags" is of another kind: expected a category, got a number/,
    ],
    [
      fitting({ eventFeatures: eventFeatures.slice(1) }),
      /event feature "stars" is missing: expected a number, got shelf/,
    ],
    [fitting({ context: [] }), /context feature "page" is missing: expected a category, got none/],
    [fitting({ history: { ...history, clock: "order" } }), /its clock is another one: expected time, got order/],
    [
      fitting({}, new IdIndex(["", "a", "b", "i3"])),
      /its items are others: expected at least half of the 30 ids that are served, got 1/,
    ],
  ];
  expect(context).toHaveLength(1);
  for (const [next, message] of problems) expect(() => checkFit(next, fitting())).toThrow(message);
});

describe.skipIf(noRedis !== undefined)("a Redis that goes away in the middle", () => {
  test("questions are answered from what they carry, with a warning; what would be stored is refused; it recovers by itself", async () => {
    const redis = await redisServer();
    onTestFinished(() => redis.remove());
    const failures: Error[] = [];
    const asked = await open({ store: redis.address, observer: { storeFailed: (error) => void failures.push(error) } });
    const events = HISTORY.map((step) => ({ ...step, user: "ann" }));
    const before = await asked.rank({ history: HISTORY, candidates: CANDIDATES }, LONG);
    await asked.append(events);
    const whole = await asked.rank({ user: "ann", candidates: CANDIDATES }, LONG);
    expect(whole.warnings).toEqual([]);
    await redis.kill();
    const alone = await asked.rank({ user: "ann", candidates: CANDIDATES }, LONG);
    expect(alone.warnings).toEqual(["the store does not answer: only what the request carries was used"]);
    const carried = await asked.rank({ user: "ann", history: HISTORY, candidates: CANDIDATES }, LONG);
    expect(carried.warnings).toHaveLength(1);
    expect(carried.results).toEqual(before.results);
    expect((await asked.recommend({ user: "ann", k: 5 }, LONG)).results).toHaveLength(5);
    await expect(asked.append(events)).rejects.toMatchObject({ code: "STORE" });
    await expect(asked.putItem({ id: "n1", record: { title: "red lamp" } })).rejects.toMatchObject({ code: "STORE" });
    expect(await asked.item("n1")).toBeNull();
    await expect(asked.user("ann")).rejects.toMatchObject({ code: "STORE" });
    expect(asked.status().storeProblem).toMatch(/Redis does not answer/);
    expect(failures.length).toBeGreaterThan(2);
    await redis.start();
    for (let k = 0; asked.status().storeProblem !== null; k++) {
      if (k > 400) throw new Error("it does not come back");
      await new Promise((next) => setTimeout(next, 50));
    }
    const again = await asked.rank({ user: "ann", candidates: CANDIDATES }, LONG);
    expect(again.warnings).toEqual([]);
    expect(again.results).toEqual(whole.results);
    expect(await asked.putItem({ id: "n1", record: { title: "red lamp" } })).toMatchObject({ created: true });
  });
});

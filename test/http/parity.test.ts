import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RankerAnswer } from "../../src/api/contract.js";
import { loadModel } from "../../src/index.js";
import { createRanker } from "../../src/serving/index.js";
import { type Shop, shopItem, trainedShop } from "../ranker/shop-run.js";
import { type ShopServer, startedServer } from "./shop-server.js";

let shop: Shop;
let http: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  http = await startedServer(shop.run, { store: join(shop.place, "state") });
});
afterAll(async () => {
  await http.server.stop();
  shop.remove();
});

test("predict, the ranker and HTTP give one probability for one request, to 1e-5", async () => {
  const history = Array.from({ length: 12 }, (_, k) => ({
    item: `i${(k * 11) % 30}`,
    time: 1_000_500 + 37 * k,
    label: k % 3 === 0 ? (0 as const) : (1 as const),
    features: { stars: 1 + (k % 5), shelf: k % 2 ? "top" : "low" },
  }));
  const candidates = [...Array.from({ length: 30 }, (_, k) => `i${k}`), "never seen"];
  for (const own of [history, history.slice(0, 2), []]) {
    const question = { user: "u3", history: own, time: shop.lastTime + 60, context: { page: "top" }, candidates };
    const model = await loadModel(shop.run);
    const predicted = await model.rank(question);
    await model.close();
    const ranker = await createRanker(shop.run);
    const { results } = await ranker.rank(question, { deadline: 60_000 });
    await ranker.close();
    const { status, body } = await http.send("POST", "/v1/rank", { ...question, deadline: 60_000 });
    expect(status).toBe(200);
    const others = [results, (body as RankerAnswer).results].map(
      (each) => new Map(each.map(({ item, probability }) => [item, probability])),
    );
    expect(new Set(predicted.map(({ probability }) => probability)).size).toBeGreaterThan(20);
    for (const { item, probability } of predicted) {
      for (const other of others) expect(Math.abs(other.get(item)! - probability)).toBeLessThan(1e-5);
    }
  }
});

test("an item put with a picture and a sentence is in the next recommendations of a person whose history it fits", async () => {
  const { client } = http;
  const history = [3, 8, 14, 21].map((k, at) => ({ item: `i${k}`, time: 1_000_500 + at, label: 1 as const }));
  const asked = { history, time: shop.lastTime + 60, k: 10, deadline: 60_000 };
  const before = (await client.recommend(asked)).results;
  const { id: _, picture: path, ...record } = shopItem(Number(before[0]!.item.slice(1)));
  const picture = readFileSync(join(shop.place, path ?? "pictures/p1.png"));
  const put = await client.putItem({ id: "twin", record, pictures: { picture } });
  expect(put.modalities).toEqual(expect.arrayContaining(["text", "poster"]));
  const after = (await client.recommend(asked)).results;
  expect(before.map(({ item }) => item)).not.toContain("twin");
  expect(after.map(({ item }) => item)).toContain("twin");
});

import { afterAll, beforeAll, expect, test } from "vitest";
import type { RankerAnswer } from "../../src/api/contract.js";
import { loadModel } from "../../src/index.js";
import { createRanker } from "../../src/serving/index.js";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { type ShopServer, startedServer } from "./shop-server.js";

let shop: Shop;
let http: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  http = await startedServer(shop.run, {});
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

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RandomStream } from "../../src/random.js";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { noRedis, redisServer } from "../redis-server.js";
import { crashOverHttp } from "./crash-over-http.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

const posted = { events: 4000, size: 20, random: new RandomStream(5) };

test("a server that is killed loses no event that it has answered, and keeps none by half: lmdb", async () => {
  const round = await crashOverHttp({ ...posted, run: shop.run, place: join(shop.place, "state") });
  expect(round).toMatchObject({ lost: 0, half: 0, miscounted: 0 });
  expect(round.found).toBeGreaterThanOrEqual(round.acknowledged);
  expect(round.acknowledged).toBeGreaterThan(0);
});

test.skipIf(noRedis !== undefined)(
  "a server that is killed with its Redis loses no event that it has answered, and keeps none by half",
  async () => {
    const redis = await redisServer();
    try {
      const round = await crashOverHttp({ ...posted, run: shop.run, place: redis.address, redis });
      expect(round).toMatchObject({ lost: 0, half: 0, miscounted: 0 });
      expect(round.acknowledged).toBeGreaterThan(0);
    } finally {
      await redis.remove();
    }
  },
);

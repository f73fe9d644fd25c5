import { expect, test } from "vitest";
import { createClient } from "../../src/client/index.js";
import { RunRanker } from "../../src/serving/create-ranker.js";
import { AllowedRuns } from "../../src/serving/http/allowed-run.js";
import { createServer } from "../../src/serving/http/create-server.js";
import { LogStream } from "../../src/serving/http/log-stream.js";
import { Served } from "../../src/serving/http/served.js";
import { ServerMetrics } from "../../src/serving/http/server-metrics.js";
import { withDefaults } from "../../src/serving/http/server-options.js";
import { trainedShop } from "../ranker/shop-run.js";

test("a worker that is killed under load is replaced, and every question is answered", async () => {
  const shop = await trainedShop();
  const served = new Served();
  const metrics = new ServerMetrics(() => served.found?.status());
  const settings = withDefaults({ logLevel: "silent", deadline: 30_000 });
  const runs = new AllowedRuns(shop.run);
  const swap = async (): Promise<void> => undefined;
  const app = await createServer({
    served,
    settings,
    metrics,
    runs,
    swap,
    keys: undefined,
    log: new LogStream(),
    keeps: false,
  });
  const ranker = await RunRanker.open(shop.run, { workers: 2, observer: metrics.observer });
  try {
    served.start(ranker);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    const client = createClient({ url, timeout: 60_000 });
    let killed = 0;
    const asked = Array.from({ length: 8 }, async () => {
      for (let k = 0; k < 30; k++) {
        const { results } = await client.rank({ candidates: ["i1", "i2", "i3"] });
        expect(results).toHaveLength(3);
        if (killed === 0 && k === 5) {
          killed++;
          await ranker.served.pool.killOne();
        }
      }
    });
    await Promise.all(asked);
    await expect
      .poll(async () => (await client.ready()).workers, { timeout: 30_000 })
      .toEqual({
        wanted: 2,
        ready: 2,
        restarts: 1,
      });
    expect(await client.metrics()).toContain("mmdin_worker_restarts_total 1\n");
  } finally {
    await app.close();
    await ranker.close();
    shop.remove();
  }
});

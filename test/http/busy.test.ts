import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { type Answer, expectProblem, type ShopServer, startedServer } from "./shop-server.js";

let shop: Shop;
let http: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  http = await startedServer(shop.run, { queue: 2 });
});
afterAll(async () => {
  await http.server.stop();
  shop.remove();
});

const rank = (body: object): Promise<Answer> => http.send("POST", "/v1/rank", { candidates: ["i1", "i2"], ...body });

test("questions beyond the queue are answered with 503 and when to ask again, the others with 200", async () => {
  const candidates = Array.from({ length: 3000 }, (_, k) => `i${k % 30}`);
  const answers = await Promise.all(Array.from({ length: 24 }, () => rank({ candidates })));
  const busy = answers.filter(({ status }) => status !== 200);
  expect([busy.length > 0, busy.length < 24]).toEqual([true, true]);
  for (const answer of busy) {
    expect(expectProblem(answer, 503, "BUSY").detail).toContain("too many questions wait already: expected at most 2");
    expect(answer.headers.get("retry-after")).toBe("1");
  }
  expect((await rank({})).status).toBe(200);
});

test("what is not answered by its deadline is answered with 504", async () => {
  const candidates = Array.from({ length: 10_000 }, (_, k) => `i${k % 30}`);
  expect(expectProblem(await rank({ candidates, deadline: 1 }), 504, "DEADLINE").detail).toContain(
    "not answered in time",
  );
});

test("figures grow with what is asked, and no label holds an id or a path that was asked for", async () => {
  const series = async (): Promise<string[]> =>
    (await http.client.metrics()).split("\n").filter((line) => line.startsWith("mmdin_http_requests_total"));
  const ask = async (k: number): Promise<void> => {
    for (const path of [
      `/v1/items/secret-${k}`,
      `/v1/users/secret-${k}/history`,
      `/secret-${k}`,
      `/v1/items?search=secret-${k}`,
    ])
      await http.send("GET", path);
  };
  await ask(0);
  const before = await series();
  for (let k = 1; k < 20; k++) await ask(k);
  const after = await series();
  const names = (lines: string[]): string[] => lines.map((line) => line.replace(/ \d+$/, "")).sort();
  expect(names(after)).toEqual(
    names([...before, 'mmdin_http_requests_total{method="GET",route="/metrics",status="200"} 1']),
  );
  expect(after).toContain('mmdin_http_requests_total{method="GET",route="/v1/items/:id",status="404"} 20');
  expect(after).toContain('mmdin_http_requests_total{method="GET",route="none",status="404"} 20');
  expect(await http.client.metrics()).not.toContain("secret");
  expect(await http.client.metrics()).toMatch(/mmdin_stage_seconds_count\{stage="total"\} \d+/);
});

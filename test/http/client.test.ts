import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "../../src/api/openapi.js";
import { type Operation, type OperationName, operations } from "../../src/api/operations.js";
import { type Client, createClient, MmdinError, MmdinProblem } from "../../src/client/index.js";
import { compare } from "../../src/index.js";
import { type Shop, shopItem, trainedShop } from "../ranker/shop-run.js";
import { type ShopServer, startedServer } from "./shop-server.js";

let shop: Shop;
let http: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  await shop.train("second", { seed: 4 });
  const report = join(shop.place, "report");
  await compare({ data: shop.data, out: report, models: ["popularity"], seeds: [1], threads: 1 });
  http = await startedServer(shop.run, { store: join(shop.place, "state"), report, cache: join(shop.place, "cache") });
});
afterAll(async () => {
  await http.server.stop();
  shop.remove();
});

/** A real call of every method. */
const CALLS: { [K in OperationName]: (client: Client) => Promise<unknown> } = {
  append: (client) =>
    client.append([
      { user: "ann", item: "i3" },
      { user: "ann", item: "i8", label: 0, time: 1_005_990 },
    ]),
  rank: (client) => client.rank({ user: "ann", candidates: ["i1", "i2"], deadline: 30_000 }),
  recommend: (client) => client.recommend({ user: "ann", k: 3, deadline: 30_000 }),
  explain: (client) => client.explain({ user: "ann", candidates: ["i1", "i2"], deadline: 30_000 }),
  users: (client) => client.users({ search: "u1", limit: 3 }),
  user: (client) => client.user("ann"),
  forget: (client) => client.forget("ann"),
  items: (client) => client.items({ search: "lamp", filters: { price: { max: 20 } }, limit: 2 }),
  item: (client) => client.item("i3"),
  putItem: async (client) => {
    const { id: _, ...record } = shopItem(41);
    const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    return client.putItem({ id: "new/1", record, pictures: { picture } });
  },
  picture: (client) => client.picture("i3", { width: 16 }),
  neighbours: (client) => client.neighbours("i3", { modality: "look", k: 2 }),
  model: (client) => client.model(),
  swap: (client) => client.swap("second", { timeout: 60_000 }),
  training: (client) => client.training(),
  evaluation: (client) => client.evaluation(),
  comparison: (client) => client.comparison(),
  bundle: (client) => client.bundle("encoding.json", { timeout: 120_000 }),
  signIn: (client) => client.signIn("k".repeat(32)),
  signOut: (client) => client.signOut(),
  alive: (client) => client.alive(),
  ready: (client) => client.ready(),
  metrics: (client) => client.metrics(),
  openapi: (client) => client.openapi(),
};

describe("the client", () => {
  test.each(Object.keys(CALLS) as OperationName[])(
    "asks %s as openapi.json says, and its answer is what the schema says",
    async (name) => {
      const asked: string[] = [];
      const recording: typeof fetch = async (input, init) => {
        asked.push(`${init?.method} ${new URL(String(input)).pathname}`);
        return fetch(input, init);
      };
      const client = createClient({ url: `${http.server.url}/`, fetch: recording, timeout: 60_000 });
      const answer = await CALLS[name](client);
      const { method, path, answer: schema }: Operation = operations[name];
      const pattern = new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      expect(asked).toEqual([expect.stringMatching(pattern)]);
      if (schema instanceof z.ZodType) expect(schema.parse(answer)).toEqual(answer);
      else if (name === "picture") expect((answer as { type: string }).type).toMatch(/^image\//);
      else if (name === "bundle")
        expect(new TextDecoder().decode((answer as { bytes: Uint8Array }).bytes)).toContain(
          '"format": "mmdin-encoding"',
        );
      else if (name === "metrics") expect(answer).toContain("mmdin_http_requests_total");
      else expect(answer).toEqual(openApiDocument({ version: (answer as { info: { version: string } }).info.version }));
    },
  );

  test("has one method for every operation of openapi.json, and no more", () => {
    const { paths } = openApiDocument({ version: "0" }) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(Object.keys(http.client).sort()).toEqual(ids.sort());
  });

  test("throws the problem document", async () => {
    const error = await http.client.item("none").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MmdinProblem);
    expect(error).toMatchObject({ status: 404, code: "NOT_FOUND", message: 'There is no item "none"', errors: [] });
    const wrong = http.client.rank({ candidates: [], user: "ann" });
    await expect(wrong).rejects.toMatchObject({ errors: [{ where: "candidates", problem: "too small" }] });
  });

  test("gives up when its caller does, with the caller's reason, and after its own time", async () => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const asked = http.client.rank({ candidates: ["i1"] }, { signal: controller.signal });
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    const hanging: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
    const client = createClient({ url: http.server.url, fetch: hanging, timeout: 30 });
    await expect(client.model()).rejects.toThrow("GET /v1/model: no answer within 30 ms");
  });

  test("says where nothing answers, and which ids cannot be asked for", async () => {
    const client = createClient({ url: "http://127.0.0.1:9" });
    await expect(client.alive()).rejects.toThrow(/^http:\/\/127\.0\.0\.1:9: the server does not answer/);
    await expect(client.alive()).rejects.toBeInstanceOf(MmdinError);
    for (const id of ["", ".", ".."])
      await expect(http.client.item(id)).rejects.toThrow("id: this id cannot stand in a URL");
  });

  test("puts the answer of something that is not mmdin into words", async () => {
    const proxy: typeof fetch = async () =>
      new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "3" } });
    const asked = createClient({ url: "http://x", fetch: proxy }).model();
    await expect(asked).rejects.toMatchObject({
      status: 502,
      code: "INTERNAL",
      retryAfter: 3,
      message: "Answered with 502 by something that is not mmdin: <h1>Bad gateway</h1>",
    });
  });
});

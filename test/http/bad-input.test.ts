import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RankerAnswer } from "../../src/api/contract.js";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { expectProblem, type ShopServer, shopServer, startedServer } from "./shop-server.js";

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

const CANDIDATES = Array.from({ length: 30 }, (_, k) => `i${k}`);

describe("what is unusual and fine", () => {
  test("unknown people and items are ranked, and the unknown items are named", async () => {
    const { send } = http;
    const { status, body } = await send("POST", "/v1/rank", {
      user: "nobody",
      history: [{ item: "gone" }],
      candidates: ["i1", "never", 7],
    });
    const { results, unknown } = body as RankerAnswer;
    expect([status, results.length, unknown.sort()]).toEqual([200, 3, ["7", "gone", "never"]]);
  });

  test("an empty history is nobody's wants, and one of 10,000 steps is ranked as its last ones", async () => {
    const { send } = http;
    const time = shop.lastTime + 1;
    const step = (k: number) => ({ item: `i${k % 30}`, time: 1000 + k, label: k % 2, features: { stars: k % 5 } });
    const long = Array.from({ length: 10_000 }, (_, k) => step(k));
    const rank = async (history: object[]) => {
      const { status, body } = await send("POST", "/v1/rank", { history, time, candidates: CANDIDATES });
      expect(status).toBe(200);
      return (body as RankerAnswer).results;
    };
    expect(await rank([])).toHaveLength(30);
    expect(await rank(long)).toHaveLength(30);
    expect((await rank(long.slice(-8)))[0]!.item).toBe((await rank(long.slice(-8).reverse()))[0]!.item);
  });

  test("a candidate that is asked for twice gets two results, and 10,000 are ranked at once", async () => {
    const { send } = http;
    const twice = await send("POST", "/v1/rank", { candidates: ["i1", "i2", "i1"] });
    expect((twice.body as RankerAnswer).results.map(({ item }) => item).sort()).toEqual(["i1", "i1", "i2"]);
    const candidates = Array.from({ length: 10_000 }, (_, k) => `i${k}`);
    const many = await send("POST", "/v1/rank", { candidates });
    const { results, unknown } = many.body as RankerAnswer;
    expect([many.status, results.length, unknown.length]).toEqual([200, 10_000, 9970]);
  });

  test("ids of any text work in paths: slashes, percent signs, blanks, other scripts, and 4,000 characters", async () => {
    const { send, client } = http;
    const ids = ["a/b", "50%", "%2F", "a b", "ключ", "\u{1f600}", "a?b#c", "x".repeat(4000), "__proto__", "..a"];
    await client.append(ids.map((user) => ({ user, item: "i1", time: 5 })));
    for (const user of ids) {
      expect((await client.user(user)).user).toBe(user);
      const answer = await send("GET", `/v1/items/${encodeURIComponent(user)}`);
      expect(expectProblem(answer, 404, "NOT_FOUND").detail).toContain("There is no item");
      expect(await client.forget(user)).toEqual({ forgotten: 1 });
    }
  });
});

describe("what is wrong is answered by a problem that says it", () => {
  test("more than 10,000 candidates, or steps, or none", async () => {
    const { send } = http;
    const many = Array.from({ length: 10_001 }, (_, k) => k);
    const candidates = await send("POST", "/v1/rank", { candidates: many });
    expect(expectProblem(candidates, 422, "REQUEST").errors).toEqual([
      { where: "candidates", problem: "too big", expected: "at most 10000", got: "10001" },
    ]);
    const history = await send("POST", "/v1/rank", { history: many.map((item) => ({ item })), candidates: [1] });
    expect(expectProblem(history, 422, "REQUEST").detail).toContain("history: too big: expected at most 10000");
    const none = await send("POST", "/v1/rank", { candidates: [] });
    expect(expectProblem(none, 422, "REQUEST").detail).toBe("candidates: too small: expected at least 1, got 0");
    const explain = await send("POST", "/v1/rank", { candidates: CANDIDATES, explain: true });
    expect(expectProblem(explain, 422, "REQUEST").errors?.[0]?.fix).toBe("Rank first, then explain the best");
  });

  test("unknown fields are named, with what was meant", async () => {
    const { send } = http;
    const answer = await send("POST", "/v1/rank", { candidate: [1], histroy: [], candidates: [1] });
    expect(expectProblem(answer, 422, "REQUEST").errors).toEqual([
      { where: "candidate", problem: 'unknown field "candidate"', fix: 'Did you mean "candidates"?' },
      { where: "histroy", problem: 'unknown field "histroy"', fix: 'Did you mean "history"?' },
    ]);
    const query = await send("GET", "/v1/items?limt=4&limit=many&offset=-1");
    expect(expectProblem(query, 422, "REQUEST").errors?.map(({ where }) => where)).toEqual([
      "query.limt",
      "query.offset",
      "query.limit",
    ]);
    const twice = await send("GET", "/v1/items?limit=1&limit=2");
    expect(expectProblem(twice, 422, "REQUEST").detail).toContain("query.limit: wrong type");
  });

  test("JSON of the wrong shape is told by its paths, and of many wrong entries the first 20", async () => {
    const { send } = http;
    const wrong = await send("POST", "/v1/rank", {
      user: {},
      time: "yesterday",
      history: [{ item: "a" }, { item: null, label: 7 }],
      candidates: "i1",
      context: { page: {} },
    });
    const where = expectProblem(wrong, 422, "REQUEST").errors?.map((error) => error.where);
    expect(where).toEqual(["user", "history[1].item", "history[1].label", "time", "context.page", "candidates"]);
    const many = await send("POST", "/v1/rank", { candidates: Array.from({ length: 10_000 }, () => ({})) });
    expect(expectProblem(many, 422, "REQUEST").errors).toHaveLength(20);
    for (const body of ["null", "[]", "3", '"text"'])
      expect(expectProblem(await send("POST", "/v1/rank", body), 422, "REQUEST").errors?.[0]?.where).toBe("body");
    const events = await send("POST", "/v1/events", '{"events":[{"user":"a","item":"b","time":1e999}]}');
    expectProblem(events, 422, "REQUEST");
  });

  test("hostile JSON (deep, of 80,000 names, of prototypes) is refused by what is wrong with it", async () => {
    const { send } = http;
    const deep = `{"candidates":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expectProblem(await send("POST", "/v1/rank", deep), 422, "REQUEST");
    const record = `{"record":{"tags":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`;
    expect(expectProblem(await send("PUT", "/v1/items/x", record), 422, "REQUEST").detail).toContain("too deep");
    const names = Object.fromEntries(Array.from({ length: 80_000 }, (_, k) => [`n${k}`, 0]));
    expectProblem(await send("POST", "/v1/rank", names), 422, "REQUEST");
    const proto = await send("POST", "/v1/rank", '{"candidates":["i1"],"__proto__":{"explain":true}}');
    expectProblem(proto, 422, "REQUEST");
  });

  test("no JSON, no UTF-8, another type, compressed: each is said", async () => {
    const { send, server } = http;
    expect(expectProblem(await send("POST", "/v1/rank", '{"candidates": ['), 400, "SYNTAX").detail).toMatch(
      /^The body is not JSON: /,
    );
    expect(expectProblem(await send("POST", "/v1/rank", ""), 400, "SYNTAX").detail).toBe(
      "The body is empty: expected JSON",
    );
    const none = await send("POST", "/v1/rank");
    expect(expectProblem(none, 422, "REQUEST").detail).toContain("body");
    const form = await send("POST", "/v1/rank", "a=b", { "content-type": "application/x-www-form-urlencoded" });
    expect(expectProblem(form, 415, "MEDIA_TYPE").detail).toContain("content-type: application/json");
    const packed = await send("POST", "/v1/rank", "{}", { "content-encoding": "gzip" });
    expect(expectProblem(packed, 415, "MEDIA_TYPE").detail).toBe("The body is compressed (gzip): send it as it is");
    const bytes = await fetch(`${server.url}/v1/rank`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Uint8Array.of(0x22, 0xff, 0x22),
    });
    expect(await bytes.json()).toMatchObject({ status: 400, detail: "The body is not UTF-8" });
    expect(expectProblem(await send("GET", "/v1/items/%zz"), 400, "SYNTAX").detail).toContain("percent-encoded");
  });

  test("a path that is not there, and a method that a path does not take", async () => {
    const { send } = http;
    expect(expectProblem(await send("GET", "/v1/item"), 404, "NOT_FOUND").detail).toContain("Did you mean /v1/items?");
    const method = await send("DELETE", "/v1/items/i1");
    expect(expectProblem(method, 405, "METHOD").detail).toBe("/v1/items/i1 takes GET, HEAD, PUT, not DELETE");
    expect(method.headers.get("allow")).toBe("GET, HEAD, PUT");
    expectProblem(await send("GET", "/../../etc/passwd"), 404, "NOT_FOUND");
    expectProblem(await send("GET", "/v1/items/i1/picture?width=100000"), 422, "REQUEST");
  });

  test("things that are not there: an item, a picture, a person", async () => {
    const { send } = http;
    expect(expectProblem(await send("GET", "/v1/items/none"), 404, "NOT_FOUND").detail).toBe('There is no item "none"');
    expect(expectProblem(await send("GET", "/v1/items/i5/picture"), 404, "NOT_FOUND").detail).toBe(
      'The item "i5" has no picture',
    );
    expect(expectProblem(await send("GET", "/v1/users/none/history"), 404, "NOT_FOUND").detail).toContain('"none"');
    expect((await send("DELETE", "/v1/users/none")).body).toEqual({ forgotten: 0 });
  });

  test("a run outside of the folder of runs, one that is none, and nothing at all", async () => {
    const { send } = http;
    for (const run of ["../..", "/etc", "../../etc/passwd", "a/../../..", ".", "run\u0000", "none"]) {
      const problem = expectProblem(await send("POST", "/v1/model", { run }), 422, "REQUEST");
      expect(problem.errors?.[0]).toMatchObject({ where: "run", got: JSON.stringify(run) });
    }
    const data = await send("POST", "/v1/model", { run: "data" });
    expect(expectProblem(data, 422, "REQUEST").detail).toContain("not a run that can be served");
    expect((await send("GET", "/v1/model")).body).toMatchObject({ run: shop.run });
  });

  test("events on a server without a store say how to start it with one", async () => {
    const { send } = await shopServer(shop.run);
    const answer = await send("POST", "/v1/events", { events: [{ user: "a", item: "i1" }] });
    expect(expectProblem(answer, 501, "NO_STORE").detail).toContain("Start it with --store");
  });
});

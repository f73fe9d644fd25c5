import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, type MmdinProblem } from "../../src/client/index.js";
import { serve } from "../../src/serving/index.js";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { expectProblem, newFolder, type ShopServer, shopServer, startedServer } from "./shop-server.js";

let shop: Shop;
/** With every limit at its default. */
let usual: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  usual = await startedServer(shop.run);
});
afterAll(async () => {
  await usual.server.stop();
  shop.remove();
});

const JSON_HEAD = "content-type: application/json\r\nhost: localhost\r\n";

/** Writes to a socket piece by piece, and gives what came back when it is closed. */
async function talk(port: number, write: (send: (text: string) => Promise<void>) => Promise<void>): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let open = true;
  const closed = new Promise<void>((done) => {
    socket.on("close", () => {
      open = false;
      done();
    });
  });
  socket.on("error", () => undefined); // a reset is the end of it; what came before counts
  await new Promise<void>((connected) => socket.once("connect", connected));
  await write(async (text) => {
    if (!open) return;
    await new Promise<void>((sent) => socket.write(text, () => sent()));
  });
  await closed;
  return said;
}

describe("a body that is too large", () => {
  test("of 100 MB is refused by its length, without being read, and the refusal arrives", async () => {
    const { server } = usual;
    const body = "x".repeat(1 << 20);
    let sent = 0;
    const answer = await talk(server.port, async (send) => {
      await send(`POST /v1/rank HTTP/1.1\r\n${JSON_HEAD}content-length: 100000000\r\n\r\n`);
      for (; sent < 4; sent++) await send(body);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("The body is too large: expected 1 MiB at most");
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  test("sent by fetch, whole, is answered with 413 as well", async () => {
    const { client } = usual;
    const refused = client.append([{ user: "u", item: "i", features: { note: "x".repeat(100_000_000) } }]);
    await expect(refused).rejects.toMatchObject({ status: 413, code: "TOO_LARGE" });
  });

  test("without a length is refused once it is beyond the limit", async () => {
    const { server } = await shopServer(shop.run, { maxBody: 1000 });
    const answer = await talk(server.port, async (send) => {
      await send(`POST /v1/rank HTTP/1.1\r\n${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`);
      for (let k = 0; k < 3; k++) await send(`200\r\n${"x".repeat(512)}\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("expected 1000 bytes at most");
  });

  test("of who asks first (Expect: 100-continue) is refused before it is sent", async () => {
    const { server } = usual;
    const head = `expect: 100-continue\r\n${JSON_HEAD}`;
    const large = await talk(server.port, (send) =>
      send(`POST /v1/rank HTTP/1.1\r\n${head}content-length: 100000000\r\n\r\n`),
    );
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
    const small = await talk(server.port, async (send) => {
      await send(`POST /v1/rank HTTP/1.1\r\n${head}connection: close\r\ncontent-length: 21\r\n\r\n`);
      await send('{"candidates":["i1"]}');
    });
    expect(small).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test("a picture may be larger than other bodies", async () => {
    const { send } = await shopServer(shop.run, { maxBody: 1000, maxItemBody: 3000 });
    const record = { title: "x".repeat(2000) };
    expect((await send("PUT", "/v1/items/a", { record })).status).not.toBe(413);
    expectProblem(await send("PUT", "/v1/items/a", { record: { title: "x".repeat(4000) } }), 413, "TOO_LARGE");
  });
});

describe("who is slow, or talks nonsense", () => {
  test("headers that trickle are answered with 408, a body that does not come as well, and others are served meanwhile", async () => {
    const { server, client } = await shopServer(shop.run, { headerTimeout: 300, requestTimeout: 900 });
    const begin = performance.now();
    const trickle = talk(server.port, async (send) => {
      await send("POST /v1/rank HTTP/1.1\r\n");
      for (let k = 0; k < 100; k++) {
        await send(`x-${k}: y\r\n`);
        await new Promise((next) => setTimeout(next, 30));
      }
    });
    const body = talk(server.port, (send) =>
      send(`POST /v1/rank HTTP/1.1\r\n${JSON_HEAD}content-length: 100\r\n\r\n{`),
    );
    expect((await client.rank({ candidates: ["i1"] })).results).toHaveLength(1);
    for (const answer of [await trickle, await body]) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('"code":"SLOW"');
    }
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test("what is no HTTP, and headers of 20 kB, get a problem document", async () => {
    const { server } = usual;
    expect(await talk(server.port, (send) => send("hello\r\n\r\n"))).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"SYNTAX"/);
    const large = await talk(server.port, (send) => send(`GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`));
    expect(large).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"TOO_LARGE"/);
  });

  test("connections beyond the most that may be are closed, and there is room again after", async () => {
    const { server, client } = await shopServer(shop.run, { maxConnections: 3 });
    const open = Array.from({ length: 3 }, () => connect(server.port, "127.0.0.1"));
    await Promise.all(open.map((socket) => once(socket, "connect")));
    expect(await talk(server.port, (send) => send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"))).toBe("");
    for (const socket of open) socket.destroy();
    await expect.poll(() => client.alive().catch(() => null), { timeout: 10_000 }).toEqual({ alive: true });
  });
});

describe("keys", () => {
  const [first, second] = ["a".repeat(32), "b".repeat(32)];
  function keyFile(text: string): string {
    const path = join(newFolder(), "keys.txt");
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  test("without one, and with a wrong one, an answer says how to send it; the probes and the docs are open", async () => {
    const apiKeyFile = keyFile(`# of the shop\n${first}\n\n${second}\n`);
    const { send, server } = await shopServer(shop.run, { apiKeyFile });
    expect([server.keys, server.warnings.length]).toEqual([2, 1]);
    const none = await send("GET", "/v1/model");
    expect(expectProblem(none, 401, "KEY").detail).toContain("Authorization: Bearer KEY");
    expect(none.headers.get("www-authenticate")).toBe('Bearer realm="mmdin"');
    const wrong = await send("GET", "/metrics", undefined, { authorization: `Bearer ${first}x` });
    expect(expectProblem(wrong, 401, "KEY").detail).toBe("This key is not known to the server");
    expectProblem(await send("HEAD", "/v1/model").then((answer) => ({ ...none, status: answer.status })), 401, "KEY");
    for (const path of ["/healthz", "/readyz", "/docs", "/openapi.json", "/"])
      expect([path, (await send("GET", path)).status]).toEqual([path, 200]);
    for (const [name, value] of [["authorization", `Bearer ${first}`] as const, ["x-api-key", second] as const])
      expect((await send("GET", "/v1/model", undefined, { [name]: value })).status).toBe(200);
  });

  test("a browser that signs in sends a cookie instead, until it signs out or the key is gone", async () => {
    const apiKeyFile = keyFile(`${first}\n${second}`);
    const { send, server } = await shopServer(shop.run, { apiKeyFile });
    expectProblem(await send("POST", "/v1/session", { key: `${first}x` }), 401, "KEY");
    const signedIn = await send("POST", "/v1/session", { key: second });
    expect([signedIn.status, signedIn.body]).toEqual([200, { signedIn: true }]);
    const cookie = signedIn.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^mmdin-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(second);
    const [pair = ""] = cookie.split(";");
    const withCookie = async (value: string): Promise<number> =>
      (await send("GET", "/v1/items/i3/picture", undefined, { cookie: `other=1; ${value}` })).status;
    expect([await withCookie(pair), await withCookie(`${pair}x`), await withCookie("mmdin-session=")]).toEqual([
      200, 401, 401,
    ]);
    const signedOut = await send("DELETE", "/v1/session", undefined, { cookie: pair });
    expect([signedOut.status, signedOut.headers.get("set-cookie")]).toEqual([
      200,
      "mmdin-session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    ]);
    writeFileSync(apiKeyFile, first);
    await server.reload();
    expect(await withCookie(pair)).toBe(401);
  });

  test("are read again with the run; a file that cannot be used leaves those before it", async () => {
    const apiKeyFile = keyFile(first);
    const { server } = await shopServer(shop.run, { apiKeyFile });
    const status = async (key: string): Promise<number> => {
      const asked = createClient({ url: server.url, key }).model();
      return asked.then(
        () => 200,
        (error) => (error as MmdinProblem).status,
      );
    };
    expect([await status(first), await status(second)]).toEqual([200, 401]);
    writeFileSync(apiKeyFile, "short");
    await expect(server.reload()).rejects.toThrow(/keys\.txt:1: no key: expected 16 characters or more/);
    expect(await status(first)).toBe(200);
  });

  test("a file that others may read is warned of, one that is not there ends the start", async () => {
    const apiKeyFile = keyFile(first);
    chmodSync(apiKeyFile, 0o644);
    const { server } = await shopServer(shop.run, { apiKeyFile });
    expect(server.warnings.join()).toContain(`others on this machine may read ${apiKeyFile}`);
    await expect(serve(shop.run, { apiKeyFile: join(newFolder(), "none") })).rejects.toThrow(
      /the keys cannot be read: got nothing at this path/,
    );
  });
});

test("more requests a second than are allowed are answered with 429, each key and address for itself", async () => {
  const { send } = await shopServer(shop.run, { rate: 3 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => send("GET", "/v1/users")));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(expectProblem(refused[0]!, 429, "RATE").detail).toContain("More than 3 requests a second");
  expect(refused[0]!.headers.get("retry-after")).toBe("1");
  expect((await send("GET", "/healthz")).status).toBe(200);
});

test("pages of other origins are refused by the browser, unless their origin is named", async () => {
  const origin = "https://shop.example";
  const closedAnswer = await usual.send("GET", "/v1/model", undefined, { origin });
  expect(closedAnswer.headers.get("access-control-allow-origin")).toBeNull();
  const { send } = await shopServer(shop.run, { cors: [origin] });
  const asked = await send("OPTIONS", "/v1/rank", undefined, { origin, "access-control-request-method": "POST" });
  expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([204, origin]);
  expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
  const other = await send("GET", "/v1/model", undefined, { origin: "https://other.example" });
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

test("a page whose own name leads to this machine is refused, addresses and localhost are not", async () => {
  const ask = async (port: number, host: string, path = "/v1/model"): Promise<string> =>
    talk(port, (send) => send(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
  const { port } = usual.server;
  const refused = await ask(port, "evil.example:8080");
  expect(refused).toMatch(/^HTTP\/1\.1 421 [\s\S]*"code":"HOST"/);
  for (const host of ["127.0.0.1", `localhost:${port}`, "[::1]:8080", "shop.localhost", "LOCALHOST."])
    expect([host, (await ask(port, host)).slice(0, 15)]).toEqual([host, "HTTP/1.1 200 OK"]);
  for (const path of ["/healthz", "/readyz", "/"])
    expect([path, (await ask(port, "evil.example", path)).slice(0, 15)]).toEqual([path, "HTTP/1.1 200 OK"]);
  const behind = await shopServer(shop.run, { trustProxy: "127.0.0.1" });
  expect((await ask(behind.server.port, "shop.example")).slice(0, 15)).toBe("HTTP/1.1 200 OK");
});

test("the id of a request is taken over where it is plain, and replaced where it is not", async () => {
  const { send } = usual;
  const sane = await send("GET", "/healthz", undefined, { "x-request-id": "order-17:b" });
  expect(sane.headers.get("x-request-id")).toBe("order-17:b");
  const odd = await send("GET", "/healthz", undefined, { "x-request-id": "a b<script>" });
  expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}-[0-9a-z]+$/);
});

test("the app's page is at / and at its own paths, its hashed files never expire, and nothing outside of it is given", async () => {
  const app = newFolder();
  mkdirSync(join(app, "assets"));
  writeFileSync(join(app, "index.html"), "<title>app</title>");
  writeFileSync(join(app, "assets", "main-1a2b.js"), "1");
  writeFileSync(join(app, "..", "mmdin-secret"), "secret");
  const { send, server } = await shopServer(shop.run, { app });
  expect(server.app).toBe(true);
  const page = { accept: "text/html" };
  for (const path of ["/", "/people/u1", "/index.html"]) {
    const answer = await send("GET", path, undefined, page);
    expect([answer.status, answer.text, answer.headers.get("cache-control")]).toEqual([
      200,
      "<title>app</title>",
      "no-cache",
    ]);
    expect(answer.headers.get("content-security-policy")).toContain("script-src 'self'");
  }
  const hashed = await send("GET", "/assets/main-1a2b.js");
  expect(hashed.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  for (const path of ["/assets/none.js", "/v1/none"])
    expectProblem(await send("GET", path, undefined, page), 404, "NOT_FOUND");
  for (const path of ["/..%2fmmdin-secret", "/%2e%2e/mmdin-secret", "/assets/..%2f..%2fmmdin-secret"])
    expect((await send("GET", path)).text).not.toContain("secret</");
});

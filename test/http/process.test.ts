import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MmdinError } from "../../src/errors.js";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { noRedis, redisServer } from "../redis-server.js";
import { load, serveProcess, startProcess } from "./serve-process.js";
import { expectProblem, newFolder } from "./shop-server.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

const QUESTION = { candidates: ["i1", "i2", "i3"], deadline: 30_000 };

test("a person who starts it sees what is served, where, and what to know; a port in use is said, with what to do", async () => {
  const { child, said, ended } = startProcess(["--run", shop.run, "--port", "0"]);
  await expect.poll(() => said().stdout, { timeout: 60_000 }).toContain("Ctrl-C stops it");
  const { stdout } = said();
  expect(stdout).toMatch(/^mmdin of \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\) from .*run: 30 items, 20 people in its log\n/);
  expect(stdout).toContain("warning: there is no store: events are refused and nobody is remembered: give --store");
  const [, port = ""] = /API +http:\/\/127\.0\.0\.1:(\d+)\/v1/.exec(stdout) ?? [];
  const second = startProcess(["--run", shop.run, "--port", port]);
  expect(await second.ended).toBe(1);
  expect(second.said().stderr).toContain(
    `mmdin: 127.0.0.1:${port}: another program listens there already. Stop it, or give another port: --port 0 takes any that is free.`,
  );
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("a run that is none, and an option that cannot be, end with 1 and say why", async () => {
  const none = startProcess(["--run", join(shop.place, "none"), "--port", "0"]);
  expect(await none.ended).toBe(1);
  expect(none.said().stderr).toContain(join(shop.place, "none"));
  const size = startProcess(["--run", shop.run, "--max-body", "much"]);
  expect(await size.ended).toBe(1);
  expect(size.said().stderr).toContain("--max-body: no size: expected bytes, or a size such as 4MiB, got much");
});

test("SIGTERM under load: what has come is answered, /readyz says 503, nobody is cut off, and it ends with 0", async () => {
  const server = await serveProcess(["--run", shop.run]);
  const asking = load(server.url, { clients: 16, body: QUESTION });
  await sleep(500);
  // One connection that is in the middle of a request keeps it from ending before we have looked.
  const probe = connect(server.port, "127.0.0.1");
  let said = "";
  probe.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(probe, "connect");
  probe.write("GET /readyz HTTP/1.1\r\nhost: x\r\n");
  await sleep(200);
  server.child.kill("SIGTERM");
  await sleep(300);
  probe.write("\r\n");
  expect(await server.ended, server.said().stderr).toBe(0);
  expect(said).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"STOPPING"/);
  const { answered, failures } = await asking.stop();
  expect(answered).toBeGreaterThan(16);
  // After it has stopped listening nobody is there: the connection is refused, or was closed while it was idle.
  for (const failure of failures) expect(failure).toMatchObject({ code: "IO" });
  expect(failures.every((failure) => failure instanceof MmdinError)).toBe(true);
});

test("with --drain new connections are answered while /readyz says 503, then it ends with 0", async () => {
  const { child, send, ended, said } = await serveProcess(["--run", shop.run, "--drain", "2"]);
  child.kill("SIGTERM");
  await expect.poll(async () => (await send("GET", "/readyz")).status).toBe(503);
  const answer = await send("POST", "/v1/rank", QUESTION, { connection: "close" });
  expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
  expect(await ended, said().stderr).toBe(0);
});

test("a request that never ends is cut off when the grace is over, and a second signal ends it at once", async () => {
  const half =
    "POST /v1/rank HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
  const hang = async (port: number): Promise<void> => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    socket.write(half);
    await sleep(300);
  };
  const graceful = await serveProcess(["--run", shop.run, "--grace", "1"]);
  await hang(graceful.port);
  graceful.child.kill("SIGTERM");
  expect(await graceful.ended).toBe(1);
  expect(graceful.said().stderr).toContain("what was not answered within 1 s was cut off");
  const twice = await serveProcess(["--run", shop.run, "--grace", "60"]);
  await hang(twice.port);
  twice.child.kill("SIGTERM");
  await sleep(300);
  twice.child.kill("SIGTERM");
  expect(await twice.ended).toBe(143);
});

test("the log is one line of JSON a request, by route; ids of people and keys are told at the level debug at most", async () => {
  const words = ["--run", shop.run, "--store", newFolder()];
  for (const level of ["info", "debug"]) {
    const { client, send, child, ended, said } = await serveProcess([...words, "--log-level", level]);
    await client.append([{ user: "secret-person", item: "i1" }]);
    await client.rank({ user: "secret-person", candidates: ["secret-item"] }, { requestId: "order-1" });
    await client.user("secret-person");
    await send("GET", "/v1/users/secret-person/histories", undefined, { authorization: "Bearer secret-key-of-16" });
    child.kill("SIGTERM");
    await ended;
    const { stderr } = said();
    const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
    const answered = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "answered");
    expect(answered.map(({ route, status }) => [route, status])).toEqual([
      ["/v1/events", 200],
      ["/v1/rank", 200],
      ["/v1/users/:id/history", 200],
      ["none", 404],
    ]);
    expect(answered[1]).toMatchObject({ request: "order-1", method: "POST", ms: expect.any(Number) });
    expect(stderr).not.toContain("secret-key");
    expect(stderr).not.toContain("secret-item");
    expect(stderr.includes("secret-person")).toBe(level === "debug");
  }
});

test("two servers on one lmdb see each other's events at once", async () => {
  const store = newFolder();
  const [a, b] = await Promise.all([0, 1].map(() => serveProcess(["--run", shop.run, "--store", store])));
  for (let k = 0; k < 20; k++) {
    const [writer, reader] = k % 2 ? [a!, b!] : [b!, a!];
    await writer.client.append([{ user: "ann", item: `i${k}`, time: k }]);
    expect((await reader.client.user("ann")).history).toHaveLength(k + 1);
  }
  await a!.client.forget("ann");
  await expect(b!.client.user("ann")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.skipIf(noRedis !== undefined)(
  "Redis gone in the middle: questions are answered with a warning, events are refused, and all is well when it is back",
  async () => {
    const redis = await redisServer();
    try {
      const { client, send } = await serveProcess(["--run", shop.run, "--store", redis.address]);
      await client.append([{ user: "ann", item: "i1" }]);
      expect((await client.rank({ ...QUESTION, user: "ann" })).warnings).toEqual([]);
      await redis.kill();
      const without = await client.rank({ ...QUESTION, user: "ann" });
      expect(without.warnings).toEqual(["the store does not answer: only what the request carries was used"]);
      expect(without.results).toHaveLength(3);
      const refused = await send("POST", "/v1/events", { events: [{ user: "ann", item: "i2" }] });
      const problem = expectProblem(refused, 503, "STORE");
      expect([refused.headers.get("retry-after"), problem.detail.includes("redis://")]).toEqual(["1", false]);
      expect(await client.ready()).toMatchObject({ ready: true, store: "does not answer" });
      expect(await client.metrics()).toMatch(/mmdin_store_answers 0\n[\s\S]*/);
      await redis.start();
      await expect
        .poll(() => client.append([{ user: "ann", item: "i2" }]).catch(() => null), { timeout: 20_000 })
        .toEqual({ stored: 1 });
      expect((await client.rank({ ...QUESTION, user: "ann" })).warnings).toEqual([]);
      expect((await client.user("ann")).history).toHaveLength(2);
      expect(await client.ready()).toMatchObject({ store: "answers" });
    } finally {
      await redis.remove();
    }
  },
);

// A limit of the size of files, with an error instead of a signal, is what a full disk is to lmdb.
test.skipIf(process.platform !== "linux")(
  "a full disk: events are refused with what happened, questions are answered, and nothing that was acknowledged is lost",
  async () => {
    const store = newFolder();
    const shell = "trap '' XFSZ; ulimit -S -f 2048";
    const { client, send } = await serveProcess(["--run", shop.run, "--store", store], { shell });
    const note = "x".repeat(1000);
    let stored = 0;
    let refused = await send("POST", "/v1/rank", QUESTION);
    for (let k = 0; k < 2000; k++) {
      const events = Array.from({ length: 10 }, (_, e) => ({ user: `u${k}`, item: `i${e}`, features: { note } }));
      refused = await send("POST", "/v1/events", { events });
      if (refused.status !== 200) break;
      stored++;
    }
    expect(stored).toBeGreaterThan(10);
    expect(expectProblem(refused, 503, "STORE").detail).toBe("The store cannot write to its disk");
    expect((await client.rank({ ...QUESTION, user: "u0" })).results).toHaveLength(3);
    for (const k of [0, stored - 1]) expect((await client.user(`u${k}`)).history).toHaveLength(10);
  },
);

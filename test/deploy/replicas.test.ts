import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type Client, createClient } from "../../src/client/index.js";
import { type ServeProcess, serveProcess } from "../http/serve-process.js";
import { expectProblem, sender } from "../http/shop-server.js";
import { shopItem, trainedShop } from "../ranker/shop-run.js";
import { freePort, noRedis, redisServer } from "../redis-server.js";
import { type Nginx, nginxProcess, noNginx } from "./nginx-process.js";

// deploy/nginx.conf as it is shipped, before two servers that share one Redis.
const missing = noNginx ?? noRedis;
const QUESTION = { candidates: ["i1", "i2", "i3"], deadline: 30_000 };

interface Deployment {
  nginx: Nginx;
  client: Client;
  send: ReturnType<typeof sender>;
  replicas: [ServeProcess, ServeProcess];
  run: string;
  /** Of the last event of the log. */
  lastTime: number;
  /** Starts a replica that has ended, where it was. */
  again(which: 0 | 1): Promise<void>;
}

/** Two servers on one Redis behind nginx; all of it ends with the test. */
async function deployed({ patience }: { patience: string }): Promise<Deployment> {
  const [shop, redis] = await Promise.all([trainedShop(), redisServer()]);
  onTestFinished(async () => {
    shop.remove();
    await redis.remove();
  });
  const start = (port: number): Promise<ServeProcess> =>
    serveProcess(["--run", shop.run, "--store", redis.address, "--deadline", "30000"], { port });
  const replicas = await Promise.all([start(0), start(0)]);
  const ports = replicas.map(({ port }) => port) as [number, number];
  const nginx = await nginxProcess({ replicas: ports, port: await freePort(), patience });
  onTestFinished(() => nginx.stop());
  const client = createClient({ url: nginx.url, timeout: 60_000 });
  const again = async (which: 0 | 1): Promise<void> => {
    replicas[which] = await start(ports[which]);
  };
  return { nginx, client, send: sender(nginx.url), replicas, run: shop.run, lastTime: shop.lastTime, again };
}

/** How many answers each replica gave since line `from` of the log. */
function answersOf({ nginx, replicas }: Deployment, from = 0): number[] {
  const lines = nginx.log().slice(from);
  return replicas.map(({ port }) => lines.filter(({ replica }) => replica.endsWith(`:${port}`)).length);
}

test.skipIf(missing !== undefined)(
  `what one replica is told the other knows; one hangs, one is killed, one is stopped, and nobody who asks notices${missing ? ` (${missing})` : ""}`,
  async () => {
    const deployment = await deployed({ patience: "3s" });
    await sharesState(deployment);
    await keepsInside(deployment);
    await outlivesAHang(deployment);
    await outlivesTheEnds(deployment);
  },
);

async function sharesState(deployment: Deployment): Promise<void> {
  const { client, replicas, lastTime } = deployment;
  const question = { ...QUESTION, user: "ann", time: lastTime + 1000 };
  const logits = async (from: Client): Promise<unknown> =>
    (await from.rank(question)).results.map(({ item, logit }) => [item, logit]);
  let before = await logits(client);
  for (let k = 0; k < 10; k++) {
    expect(await client.append([{ user: "ann", item: `i${k}`, time: lastTime + k }])).toEqual({ stored: 1 });
    const now = await logits(client);
    expect(now).not.toEqual(before);
    for (const replica of replicas) expect(await logits(replica.client)).toEqual(now);
    before = now;
  }
  expect((await client.user("ann")).history).toHaveLength(10);
  expect(Math.min(...answersOf(deployment))).toBeGreaterThan(5);

  const { id, ...record } = shopItem(77, "late");
  expect((await client.putItem({ id, record: { ...record, picture: null } })).created).toBe(true);
  const put = performance.now();
  const unknown = async (): Promise<string[]> => {
    const answers = await Promise.all(replicas.map((replica) => replica.client.rank({ candidates: ["late"] })));
    return answers.flatMap((answer) => answer.unknown);
  };
  await expect.poll(unknown, { timeout: 20_000, interval: 50 }).toEqual([]);
  expect(performance.now() - put, "until both replicas rank it").toBeLessThan(5000);
  await client.forget("ann");
  for (const replica of replicas) await expect(replica.client.user("ann")).rejects.toMatchObject({ status: 404 });
}

/** What nginx answers, and what it does not pass on. */
async function keepsInside({ client, send, replicas, nginx, run }: Deployment): Promise<void> {
  const asked = await send("POST", "/v1/rank", QUESTION, { "x-request-id": "order-1" });
  expect(asked.headers.get("x-request-id")).toBe("order-1");
  // Both write their logs after the answer.
  const line = (): unknown => nginx.log().find(({ request }) => request === "order-1");
  await expect.poll(line).toMatchObject({ method: "POST", status: 200, answers: "200" });
  const logs = (): string => replicas.map(({ said }) => said().stderr).join("");
  await expect.poll(logs, { timeout: 5000 }).toContain('"request":"order-1"');
  const odd = await send("POST", "/v1/rank", QUESTION, { "x-request-id": "a b" });
  expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);

  expectProblem(await send("GET", "/metrics"), 404, "NOT_FOUND");
  expectProblem(await send("POST", "/v1/model", { run: "second" }), 404, "NOT_FOUND");
  expect((await client.model()).run).toBe(run);
  const refused = expectProblem(await send("POST", "/v1/rank", `"${"x".repeat(2 ** 20)}"`), 413, "TOO_LARGE");
  expect(refused.detail).toContain("1 MiB"); // the server's own word
  const large = `"${"x".repeat(2 ** 21)}"`;
  expect(expectProblem(await send("POST", "/v1/rank", large), 413, "TOO_LARGE").detail).not.toContain("MiB");
}

/** A replica that hangs costs a question some time; an event that it may have is not sent again. */
async function outlivesAHang({ client, replicas }: Deployment): Promise<void> {
  replicas[0].child.kill("SIGSTOP");
  const items = Array.from({ length: 8 }, (_, k) => `i${k}`);
  const posted = items.map((item) => client.append([{ user: "bob", item }]).catch((problem: unknown) => problem));
  const answers = await Promise.all(items.map(() => client.rank(QUESTION)));
  expect(answers.map(({ results }) => results.length)).toEqual(items.map(() => 3));
  const late = (await Promise.all(posted)).filter((answer) => answer instanceof Error);
  expect(late.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThan(items.length);
  for (const problem of late) expect(problem).toMatchObject({ status: 504, code: "DEADLINE" });
  replicas[0].child.kill("SIGCONT");
  // It reads what came while it hung.
  const stored = async (): Promise<string[]> => (await client.user("bob")).history.map(({ item }) => item).sort();
  await expect.poll(stored, { timeout: 20_000 }).toEqual(items);
  await sleep(500);
  expect(await stored()).toEqual(items);
}

async function outlivesTheEnds(deployment: Deployment): Promise<void> {
  const { nginx, client, replicas, again } = deployment;
  const asking = [0, 1, 2].map(() => repeated(() => client.rank({ ...QUESTION, user: "u3" })));
  const looking = repeated(() => client.items({ search: "lamp", limit: 5 }));
  await sleep(500);
  replicas[0].child.kill("SIGKILL");
  await sleep(500);
  await again(0);
  replicas[1].child.kill("SIGTERM");
  expect(await replicas[1].ended).toBe(0);
  await again(1);
  await sleep(2500); // longer than the two seconds that nginx leaves a replica alone
  const from = nginx.log().length;
  await sleep(1000);
  for (const { failures, answered } of await Promise.all([...asking, looking].map(({ stop }) => stop()))) {
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(20);
  }
  expect(Math.min(...answersOf(deployment, from))).toBeGreaterThan(0);
  // Some were asked twice: it was not luck.
  expect(nginx.log().filter(({ answers }) => answers.includes(",")).length).toBeGreaterThan(0);
}

/** Asks one after the other until it is told to stop. */
function repeated(ask: () => Promise<unknown>): { stop(): Promise<{ answered: number; failures: unknown[] }> } {
  let going = true;
  const ended = (async () => {
    const [failures, start] = [[] as unknown[], performance.now()];
    let answered = 0;
    while (going && performance.now() - start < 120_000) {
      await ask().then(
        () => answered++,
        (error: unknown) => failures.push(error),
      );
      await sleep(20);
    }
    return { answered, failures };
  })();
  return {
    stop() {
      going = false;
      return ended;
    },
  };
}

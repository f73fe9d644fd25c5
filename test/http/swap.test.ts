import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, trainedShop } from "../ranker/shop-run.js";
import { load, serveProcess } from "./serve-process.js";
import { expectProblem, type ShopServer, startedServer } from "./shop-server.js";

let shop: Shop;
let second: string;
let http: ShopServer;
beforeAll(async () => {
  shop = await trainedShop();
  second = await shop.train("second", { seed: 4 });
  http = await startedServer(shop.run, { store: join(shop.place, "state") });
});
afterAll(async () => {
  await http.server.stop();
  shop.remove();
});

const QUESTION = { history: [{ item: "i3", label: 1 }], candidates: ["i1", "i2", "i4"], deadline: 60_000 };

test("another run is taken over under 16 clients without a failed request, and back", async () => {
  const { client, server } = http;
  const logits = async (): Promise<number[]> =>
    (await client.rank(QUESTION as never)).results.map(({ logit }) => logit);
  const before = await logits();
  const asking = load(server.url, { clients: 16, body: QUESTION });
  const taken = await client.swap("second", { timeout: 60_000 });
  expect(taken.run).toBe(second);
  expect((await client.rank(QUESTION as never)).model.run).toBe(second);
  expect(await logits()).not.toEqual(before);
  await client.swap("run", { timeout: 60_000 });
  expect(await logits()).toEqual(before);
  const { answered, failures } = await asking.stop();
  expect([answered > 16, failures]).toEqual([true, []]);
  expect(await client.metrics()).toMatch(/mmdin_model_info\{name="mmdin",created="[^"]+"\} 1/);
});

test("a folder that is no run is refused, and the one that is served goes on", async () => {
  const { send, client } = http;
  const answer = await send("POST", "/v1/model", { run: "data" });
  expect(expectProblem(answer, 422, "REQUEST").errors?.[0]).toMatchObject({
    where: "run",
    problem: expect.stringMatching(/^not a run that can be served \(/),
    got: '"data"',
  });
  expect((await client.model()).run).toBe(shop.run);
});

test("SIGHUP takes over what the same path leads to now, and the process goes on where it cannot", async () => {
  const current = join(shop.place, "current");
  symlinkSync(shop.run, current);
  const { child, client, said, url } = await serveProcess(["--run", current]);
  const created = (await client.model()).created;
  const asking = load(url, { clients: 2, body: QUESTION });
  symlinkSync(second, `${current}.next`);
  renameSync(`${current}.next`, current);
  child.kill("SIGHUP");
  await expect.poll(async () => (await client.model()).created, { timeout: 60_000 }).not.toBe(created);
  expect((await asking.stop()).failures).toEqual([]);
  rmSync(current);
  child.kill("SIGHUP");
  await expect.poll(() => said().stderr, { timeout: 60_000 }).toContain("mmdin: goes on as before: ");
  expect((await client.rank(QUESTION as never)).results).toHaveLength(3);
});

/** A PNG of 30,000 x 30,000 pixels, one bit each, in some 100 kB. */
function pictureBomb(): Buffer {
  const side = 30_000;
  const chunk = (name: string, data: Buffer): Buffer => {
    const bytes = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(bytes));
    return Buffer.concat([length, bytes, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bits a pixel; grey, deflate, no filter, not interlaced
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

test("a picture bomb, a picture that is none and one of 9 MiB are refused by what they are; the server goes on", async () => {
  const { send, client } = http;
  const put = (picture: string) =>
    send("PUT", "/v1/items/bomb", { record: { title: "a lamp" }, pictures: { picture } });
  const bomb = pictureBomb();
  expect(bomb.length).toBeLessThan(500_000);
  const refused = await put(bomb.toString("base64"));
  expect(expectProblem(refused, 422, "REQUEST").detail).toMatch(/pictures\.picture/);
  const none = await put(Buffer.from("no picture at all").toString("base64"));
  expect(expectProblem(none, 422, "REQUEST").detail).toMatch(/pictures\.picture/);
  const text = await put("no base64!");
  expect(expectProblem(text, 422, "REQUEST").errors?.[0]).toMatchObject({
    where: "pictures.picture",
    problem: "no picture",
  });
  const large = await put(Buffer.alloc(9 * 2 ** 20).toString("base64"));
  expect(expectProblem(large, 422, "REQUEST").detail).toContain("a picture of more than 8 MiB");
  await expect(client.item("bomb")).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await client.rank(QUESTION as never)).results).toHaveLength(3);
});

test("an item is new with 201, and replaced with 200; it can be ranked at once", async () => {
  const { send, client } = http;
  const put = () => send("PUT", "/v1/items/new%2F1", { record: { title: "a new lamp", price: 5, colour: "red" } });
  const first = await put();
  expect([first.status, first.body]).toMatchObject([
    201,
    { created: true, ignored: ["colour"], item: { id: "new/1" } },
  ]);
  expect((await put()).status).toBe(200);
  const { results, unknown } = await client.rank({ candidates: ["new/1", "i1"], deadline: 60_000 });
  expect([results.length, unknown]).toEqual([2, []]);
});

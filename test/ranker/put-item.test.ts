import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { addItems, loadModel } from "../../src/index.js";
import { createRanker, type Ranker, type RankerOptions } from "../../src/serving/index.js";
import { noRedis, redisServer } from "../redis-server.js";
import { type Shop, shopItem, trainedShop } from "./shop-run.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

async function open(options: RankerOptions = {}): Promise<Ranker> {
  const made = await createRanker(shop.run, { clock: "log", ...options });
  onTestFinished(() => made.close());
  return made;
}
function place(): string {
  const made = mkdtempSync(join(tmpdir(), "mmdin-state-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "state");
}
const pictureOf = (colour: string, size = 40): Promise<Buffer> =>
  sharp({ create: { width: size, height: size, channels: 3, background: colour } })
    .png()
    .toBuffer();
const record = (k: number): Record<string, unknown> => {
  const { id: _, ...rest } = shopItem(k);
  return rest;
};

const HISTORY = [3, 8, 14].map((k, at) => ({ item: `i${k}`, time: 1_000_100 + at, label: 1 as const }));
const logitsOf = async (asked: Ranker, candidates: readonly string[]): Promise<Map<string, number>> => {
  const { results } = await asked.rank({ history: HISTORY, candidates }, { deadline: 20_000 });
  return new Map(results.map(({ item, logit }) => [item, logit]));
};
const within = async (milliseconds: number, holds: () => Promise<boolean>): Promise<number> => {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > milliseconds) throw new Error(`not within ${milliseconds} ms`);
    await new Promise((next) => setTimeout(next, 20));
  }
  return performance.now() - begin;
};

describe("putItem", () => {
  test("an item is ranked as add-items would have it ranked, by every worker, and after a restart", async () => {
    const store = place();
    const asked = await open({ store, workers: 2 });
    const { n1: unknown } = Object.fromEntries(await logitsOf(asked, ["n1"]));
    const put = await asked.putItem({ id: "n1", record: record(41) });
    expect(put).toMatchObject({ created: true, ignored: [], modalities: ["tags", "price", "look", "text", "poster"] });
    expect(put.item).toMatchObject({ id: "n1", title: "blue table night", origin: "added", numbers: { price: 41 } });
    expect(asked.model().items).toEqual({ count: 31, trained: 30, added: 1 });
    const added = shop.copy("added");
    await addItems({ run: added, items: [shopItem(41, "n1")], cache: false });
    const model = await loadModel(added);
    const expected = await model.rank({ history: HISTORY, candidates: ["n1", "i4"] });
    await model.close();
    for (let k = 0; k < 6; k++) {
      const got = await logitsOf(asked, ["n1", "i4"]);
      for (const { item, logit } of expected) expect(Math.abs(got.get(item)! - logit)).toBeLessThan(1e-5);
      expect(Math.abs(got.get("n1")! - unknown!)).toBeGreaterThan(1e-4);
    }
    expect((await asked.rank({ candidates: ["n1"] })).unknown).toEqual([]);
    await asked.close();
    const again = await open({ store });
    const after = await logitsOf(again, ["n1"]);
    expect(Math.abs(after.get("n1")! - expected.find(({ item }) => item === "n1")!.logit)).toBeLessThan(1e-5);
  });

  test("is found and recommended at once, and replaced by another of its id, also one of the catalogue", async () => {
    const asked = await open({ store: place() });
    await asked.putItem({ id: "lantern", record: { title: "a lantern of glass", tags: ["lamp"], price: 3.5 } });
    expect((await asked.items({ search: "LANTERN" })).items.map(({ id }) => id)).toEqual(["lantern"]);
    const filters = { tags: "lamp", price: { min: 3.4, max: 3.6 } };
    const { results } = await asked.recommend({ filters });
    expect(results[0]).toMatchObject({ item: "lantern", title: "a lantern of glass", source: "new" });
    const second = await asked.putItem({ id: "lantern", record: { title: "a lamp", tags: ["chair"] } });
    expect(second).toMatchObject({ created: false, modalities: ["tags", "text"] });
    expect((await asked.recommend({ filters })).results).toEqual([]);
    expect(asked.model().items.added).toBe(1);
    const before = await logitsOf(asked, ["i3", "i4"]);
    const replaced = await asked.putItem({ id: "i3", record: { ...record(47), colour: "red" } });
    expect(replaced).toMatchObject({ created: false, ignored: ["colour"], item: { id: "i3", origin: "trained" } });
    const after = await logitsOf(asked, ["i3", "i4"]);
    expect(Math.abs(after.get("i3")! - before.get("i3")!)).toBeGreaterThan(1e-4);
    const [near] = await asked.neighbours("i3", { modality: "look", k: 1 });
    expect(near!.item.id).toBe(nearestLook(47));
  });

  test("a picture that comes with it is encoded, kept small, and shown", async () => {
    const store = place();
    const asked = await open({ store });
    const picture = await pictureOf("#c02020", 900);
    const put = await asked.putItem({ id: "n2", record: { title: "red lamp" }, pictures: { picture } });
    expect(put.modalities).toContain("poster");
    expect(put.item.picture).toBe(true);
    const shown = await asked.picture("n2", { width: 100 });
    expect(await sharp(shown!.bytes).metadata()).toMatchObject({ width: 100, height: 100 });
    const whole = await asked.picture("n2");
    expect(await sharp(whole!.bytes).metadata()).toMatchObject({ width: 512, height: 512 });
    const { channels } = await sharp(whole!.bytes).stats();
    expect(channels[0]!.mean).toBeGreaterThan(180);
    const first = await logitsOf(asked, ["n2"]);
    await asked.close();
    const again = await open({ store });
    expect(await logitsOf(again, ["n2"])).toEqual(first);
    expect(await again.picture("n2", { width: 100 })).toEqual(shown);
    await again.putItem({ id: "n2", record: { title: "red lamp" }, pictures: { picture: await pictureOf("#2020c0") } });
    const other = await again.picture("n2");
    expect((await sharp(other!.bytes).stats()).channels[2]!.mean).toBeGreaterThan(180);
    expect(await logitsOf(again, ["n2"])).not.toEqual(first);
  });

  test("what is wrong is named, and nothing has changed then", async () => {
    const asked = await open({ store: place() });
    writeFileSync(join(shop.place, "..", "outside.png"), await pictureOf("red"));
    onTestFinished(() => rmSync(join(shop.place, "..", "outside.png")));
    const bomb = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(2 ** 20);
    const problems: [Parameters<Ranker["putItem"]>[0], RegExp][] = [
      [{ id: "", record: {} }, /^id: /],
      [{ id: "x", record: { title: "a", tags: "lamp" } }, /^record: the field "tags" .*expected VARCHAR\[\], got lamp/],
      [
        { id: "x", record: { title: "a", look: [1, 2, 3] } },
        /vectors of "look" have another length.*expected 2 numbers, got 3/,
      ],
      [{ id: "x", record: { picture: "../outside.png" } }, /a path out of the root/],
      [{ id: "x", record: { picture: "/etc/passwd" } }, /a path out of the root/],
      [
        { id: "x", record: { picture: "pictures/none.png" } },
        /the poster of the item cannot be read: nothing at this path/,
      ],
      [{ id: "x", record: {}, pictures: { picture: Buffer.from("no picture") } }, /^pictures\.picture: .*none of JPEG/],
      [{ id: "x", record: {}, pictures: { picture: bomb } }, /^pictures\.picture: .*more than 50 million pixels/],
      [{ id: "x", record: {}, pictures: { picture: new Uint8Array(9 * 2 ** 20) } }, /at most 8 MiB/],
      [
        { id: "x", record: {}, pictures: { photo: await pictureOf("red") } },
        /^pictures\.photo: nothing reads this field/,
      ],
    ];
    for (const [item, message] of problems) {
      await expect(asked.putItem(item), String(message)).rejects.toMatchObject({
        code: "REQUEST",
        message: expect.stringMatching(message),
      });
    }
    expect(await asked.item("x")).toBeNull();
    expect(asked.model().items.count).toBe(30);
    const without = await open();
    await expect(without.putItem({ id: "x", record: {} })).rejects.toMatchObject({ code: "STORE" });
  });

  const stores: [string, () => Promise<string>][] = [["lmdb", async () => place()]];
  if (noRedis === undefined) {
    stores.push([
      "redis",
      async () => {
        const redis = await redisServer();
        onTestFinished(() => redis.remove());
        return redis.address;
      },
    ]);
  }
  test.each(stores)("another server on the same store (%s) has it soon after", async (_, made) => {
    const store = await made();
    const [first, second] = [await open({ store }), await open({ store, workers: 2 })];
    for (let k = 0; k < 3; k++) {
      const id = `shared${k}`;
      await first.putItem({ id, record: record(50 + k), pictures: { picture: await pictureOf("#20c020") } });
      await within(20_000, async () => (await second.item(id)) !== null);
      const [a, b] = [await logitsOf(first, [id]), await logitsOf(second, [id])];
      expect(Math.abs(a.get(id)! - b.get(id)!)).toBeLessThan(1e-6);
      expect(await second.picture(id)).not.toBeNull();
    }
    await second.putItem({ id: "shared0", record: { title: "replaced by the other" } });
    await within(20_000, async () => (await first.item("shared0"))!.title === "replaced by the other");
    await first.append([{ user: "ann", item: "shared1", time: shop.lastTime, label: 1 }]);
    expect((await second.user("ann"))!.history.map(({ item }) => item)).toEqual(["shared1"]);
    expect((await second.item("shared1"))!.counters).toEqual({ count: 1, positives: 1 });
  });
});

/** The item of the catalogue whose angle is nearest to that of k. */
function nearestLook(k: number): string {
  const others = Array.from({ length: 30 }, (_, other) => other).filter((other) => other !== 3);
  const nearest = others.reduce((best, other) => (Math.cos(other - k) > Math.cos(best - k) ? other : best));
  return `i${nearest}`;
}

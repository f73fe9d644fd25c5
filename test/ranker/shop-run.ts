import { cpSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { inject } from "vitest";
import { prepare, train } from "../../src/index.js";

const WORDS = ["red", "blue", "lamp", "chair", "table", "wood", "glass", "sea", "forest", "night"];

/** A record of the shop's table of items. */
export const shopItem = (k: number, id = `i${k}`) => ({
  id,
  title: `${WORDS[k % 10]} ${WORDS[(k * 3 + 1) % 10]} ${WORDS[(k * 7 + 2) % 10]}`,
  tags: [WORDS[k % 5]!, WORDS[(k + 2) % 5]!],
  price: k % 4 === 0 ? null : k,
  picture: k % 5 === 0 ? null : `pictures/p${k % 9}.png`,
  look: [Math.cos(k), Math.sin(k)],
});

const YAML = `
name: shop
events:
  from: events.csv
  user: user
  item: item
  time: ts
  label: liked
  features: { stars: { kind: number, from: stars }, shelf: { kind: category, from: shelf } }
items:
  from: items.jsonl
  id: id
  title: title
  picture: picture
  modalities:
    tags: { kind: category, from: tags, multiple: true }
    price: { kind: number, from: price }
    look: { kind: vector, from: look }
    text: { kind: text, from: title }
    poster: { kind: image, from: picture }
context: { features: { page: { kind: category, from: shelf } } }
history: { length: 8 }
statistics: { user: [count, rate, mean(stars)], item: [count, rate, mean(stars)] }
`;

export interface Shop {
  /** Folder with the sources; pictures are looked up in it. */
  place: string;
  data: string;
  run: string;
  /** Time of the last event of the log. */
  lastTime: number;
  /** Another run of the same dataset. */
  train(name: string, options?: { model?: string; seed?: number; set?: readonly string[] }): Promise<string>;
  /** A copy of the run, to change. */
  copy(name: string): string;
  remove(): void;
}

/**
 * A shop of 30 items with every kind of modality, 600 events of 20 people, and a run of it. Made by the first test that wants it, and copied for
 * each: what is changed is changed in the copy, `data` and the pictures of its records are those of the original beside it.
 */
export async function trainedShop(): Promise<Shop> {
  const together = inject("together");
  const original = join(together, "shop");
  await once(join(together, "shop-is-made"), () => makeShop(original));
  const place = mkdtempSync(join(together, "shop-"));
  cpSync(original, place, { recursive: true });
  const data = join(original, "data");
  const shop: Shop = {
    place,
    data,
    run: join(place, "run"),
    lastTime: 1_000_000 + 599 * 10,
    async train(name, { model = "mmdin", seed = 3, set = [] } = {}) {
      await train({ data, out: join(place, name), model, seed, epochs: 1, threads: 1, set });
      return join(place, name);
    },
    copy(name) {
      cpSync(shop.run, join(place, name), { recursive: true });
      return join(place, name);
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
  return shop;
}

/** Does something that other processes want done, too: one of them does it, and leaves a mark; where it fails, the next one tries. */
async function once(mark: string, work: () => Promise<void>): Promise<void> {
  while (!existsSync(mark)) {
    try {
      mkdirSync(`${mark}.begun`);
    } catch {
      await new Promise((next) => setTimeout(next, 100));
      continue;
    }
    try {
      if (!existsSync(mark)) await work();
      mkdirSync(mark, { recursive: true });
    } finally {
      rmdirSync(`${mark}.begun`);
    }
  }
}

async function makeShop(place: string): Promise<void> {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, "pictures"), { recursive: true });
  for (let k = 0; k < 9; k++) {
    const background = { r: 28 * k, g: 255 - 28 * k, b: (k * 97) % 255 };
    const picture = sharp({ create: { width: 32, height: 48, channels: 3, background } });
    await picture.png().toFile(join(place, "pictures", `p${k}.png`));
  }
  const events = Array.from({ length: 600 }, (_, e) => {
    const [user, item, liked] = [e % 20, (e * 7 + (e >> 3)) % 30, (e * 5) % 3 === 0 ? 1 : 0];
    return `u${user},i${item},${1_000_000 + e * 10},${liked},${1 + ((e * 3) % 5)},${e % 2 ? "top" : "low"}`;
  });
  writeFileSync(join(place, "events.csv"), `user,item,ts,liked,stars,shelf\n${events.join("\n")}\n`);
  const items = Array.from({ length: 30 }, (_, k) => `${JSON.stringify(shopItem(k))}\n`);
  writeFileSync(join(place, "items.jsonl"), items.join(""));
  writeFileSync(join(place, "dataset.yaml"), YAML);
  const data = join(place, "data");
  await prepare(join(place, "dataset.yaml"), { out: data, cache: join(place, "cache") });
  await train({ data, out: join(place, "run"), model: "mmdin", seed: 3, epochs: 1, threads: 1 });
}

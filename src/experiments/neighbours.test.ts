import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datasetFolder } from "../../test/dataset-folder.js";
import { shopOfLooks } from "../../test/shop-of-looks.js";
import { train } from "../training/index.js";
import { neighbours } from "./neighbours.js";
import { neighboursPage } from "./neighbours-page.js";

async function shop() {
  const folder = datasetFolder(await shopOfLooks());
  await folder.prepare();
  const data = join(folder.path, "out");
  const near = (item: string, { modality = "look", count }: { modality?: string; count?: number } = {}) =>
    neighbours({ data, modality, item, count });
  return { path: folder.path, data, near };
}

test("the nearest stand first with their cosines, ties by id, without the item and those that lack the modality", async () => {
  const { near, path } = await shop();
  const { neighbours, ...asked } = near("lamp");
  expect(asked).toEqual({
    modality: "look",
    dimension: 2,
    encoder: null,
    compared: 6,
    dataset: "shop",
    root: path,
    item: "lamp",
    title: "Red <b>lamp</b>",
    picture: "pictures/lamp.png",
  });
  expect(neighbours.map(({ item, similarity }) => [item, similarity])).toEqual([
    ["p", 1],
    ["q", 1],
    ["r", 0.6],
    ["s", 0],
    ["z", 0],
    ["t", -1],
  ]);
  expect(neighbours[0]).toEqual({ item: "p", title: "Blue lamp", picture: "pictures/broken.png", similarity: 1 });
  expect(near("lamp", { count: 1 }).neighbours.map(({ item }) => item)).toEqual(["p"]);
});

test("a run is asked as its dataset is", async () => {
  const { near, data, path } = await shop();
  const run = join(path, "run");
  await train({ data, out: run, model: "popularity", threads: 1 });
  expect(neighbours({ data: run, modality: "look", item: "r" })).toEqual(near("r"));
});

test("what cannot be asked is answered with what could have been meant", async () => {
  const { near, data } = await shop();
  expect(() => near("lamp", { modality: "loook" })).toThrow(
    `${data}: unknown modality "loook": expected one of look. Did you mean "look"?`,
  );
  expect(() => near("lamp", { modality: "price" })).toThrow(
    `${data}: the modality "price" has no vectors: expected one of look, got a number`,
  );
  expect(() => near("lmp")).toThrow(`${data}: unknown item "lmp". Did you mean "lamp"?`);
  expect(() => near("chair")).toThrow(`${data}: unknown item "chair". Did you mean "r" (Chair)?`);
  expect(() => near("")).toThrow(`${data}: unknown item ""`);
  expect(() => near("u")).toThrow(
    `${data}: item "u" has no look: expected one of the 7 of 8 items that have it. Choose one that has it, such as "lamp", "p", "q"`,
  );
  expect(() => near("z")).toThrow(`${data}: the look of item "z" is a vector of zeros.`);
  expect(() => near("lamp", { count: 0 })).toThrow(
    "count: not a number of neighbours: expected a whole number of at least 1, got 0",
  );
  expect(() => neighbours({ data: join(data, "catalogue"), modality: "look", item: "lamp" })).toThrow(
    `${join(data, "catalogue", "manifest.json")}: neither a prepared dataset nor a run: got nothing at this path.`,
  );
});

test("the page holds the pictures that can be read, tiles for the others, and names what could not be read", async () => {
  const { near } = await shop();
  const { html, unreadable } = await neighboursPage(near("lamp"));
  expect(html.match(/<img src="data:image\/webp;base64,/g)).toHaveLength(1);
  expect(html.match(/class="tile /g)).toHaveLength(6);
  expect(html).toContain("<title>Nearest to Red &#60;b&#62;lamp&#60;/b&#62;</title>");
  expect(html).toContain(
    "The 6 most alike by look among 6 other items of shop: cosine similarity of 2 numbers, as given.",
  );
  expect(html).toContain("0.6000 · item r");
  expect(unreadable.map(({ item, picture }) => [item, picture])).toEqual([
    ["p", "pictures/broken.png"],
    ["q", "pictures/none.png"],
  ]);
  expect(unreadable[1]?.reason).toBe("nothing at this path");
});

test("where the sources have moved away every item is a tile, and the folder is named as the reason", async () => {
  const { near, path } = await shop();
  const found = near("lamp");
  rmSync(join(path, "pictures"), { recursive: true });
  const root = join(path, "moved");
  const { html, unreadable } = await neighboursPage({ ...found, root });
  expect(html).not.toContain("<img");
  expect(unreadable.map(({ item, reason }) => [item, reason])).toEqual(
    ["lamp", "p", "q"].map((item) => [item, `${root} is no longer there`]),
  );
});

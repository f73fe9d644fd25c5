import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { copyCatalogue, loadIds, openCatalogue, openDataset } from "./index.js";

async function prepared() {
  const folder = datasetFolder({
    "events.csv": csv(
      "user,item,ts,label",
      Array.from({ length: 30 }, (_, k) => [`u${k % 4}`, `i${k % 7}`, k, k % 2]),
    ),
    "v.f32": new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
    "v.ids.json": '{ "dim": 2, "ids": ["i3", "elsewhere"] }',
    "dataset.yaml": `name: open
events: { from: events.csv, user: user, item: item, time: ts, label: label }
items: { modalities: { look: { kind: vector, from: v } } }`,
  });
  await folder.prepare();
  return { out: join(folder.path, "out"), folder };
}

function replaceIn(path: string, from: string | RegExp, to: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

test("a catalogue can be copied and opened alone", async () => {
  const { out } = await prepared();
  const copy = `${out}-copy`;
  copyCatalogue(join(out, "catalogue"), copy);
  rmSync(out, { recursive: true });
  const catalogue = openCatalogue(copy);
  expect(catalogue).toMatchObject({ directory: copy, label: "explicit", history: { length: 50, clock: "time" } });
  const [look] = catalogue.modalities;
  expect(look?.kind === "vector" && [look.row[loadIds(catalogue, "items").indexOf("i3")], [...look.values]]).toEqual([
    0,
    [1, 2],
  ]);
  expect(() => copyCatalogue(copy, copy)).toThrow("the folder exists already");
  rmSync(copy, { recursive: true });
});

test("a folder that is no dataset is refused by name", async () => {
  const { folder } = await prepared();
  expect(() => openDataset(folder.path)).toThrow(
    /manifest\.json: not a prepared dataset: expected this file, got none/,
  );
  writeFileSync(join(folder.path, "manifest.json"), '{ "format": "other", "version": 1 }');
  expect(() => openDataset(folder.path)).toThrow(
    'not a prepared dataset: expected format "mmdin-dataset", got "other"',
  );
});

test("a newer version is refused with both numbers", async () => {
  const { out } = await prepared();
  replaceIn(join(out, "manifest.json"), '"version": 2', '"version": 3');
  expect(() => openDataset(out)).toThrow(
    "another version of mmdin-dataset: expected version 2, got version 3. Use a newer mmdin, or prepare the dataset again.",
  );
  replaceIn(join(out, "catalogue", "catalogue.json"), '"version": 2', '"version": 7');
  expect(() => openCatalogue(join(out, "catalogue"))).toThrow("expected version 2, got version 7");
});

test("a file that is longer, changed or missing is named", async () => {
  const { out } = await prepared();
  const path = join(out, "train.arrow");
  const bytes = readFileSync(path);
  appendFileSync(path, "x");
  expect(() => openDataset(out)).toThrow(
    `train.arrow: not as it was written: expected ${bytes.length} bytes, got ${bytes.length + 1} bytes`,
  );
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  expect(() => openDataset(out)).toThrow(
    /train\.arrow: not as it was written: expected sha256 [0-9a-f]{12}, got [0-9a-f]{12}/,
  );
  rmSync(path);
  expect(() => openDataset(out)).toThrow("train.arrow: the file cannot be read");
});

test("a manifest that is no JSON is called damaged", async () => {
  const { out } = await prepared();
  writeFileSync(join(out, "manifest.json"), "{ half");
  expect(() => openDataset(out)).toThrow("the file is damaged: it is no JSON");
});

test("an existing dataset is replaced, and stays as it is where the new one fails", async () => {
  const { out, folder } = await prepared();
  const first = openDataset(out).manifest.hash;
  writeFileSync(join(folder.path, "events.csv"), "user,item,ts,label\na,b,1,7\n");
  await expect(folder.prepare()).rejects.toThrow("neither 0 nor 1");
  expect(openDataset(out).manifest.hash).toBe(first);
  writeFileSync(
    join(folder.path, "events.csv"),
    csv(
      "user,item,ts,label",
      Array.from({ length: 40 }, (_, k) => ["u", `i${k}`, k, 1]),
    ),
  );
  await folder.prepare();
  expect(openDataset(out).events.count).toBe(40);
  expect(folder.names()).toEqual(["dataset.yaml", "events.csv", "out", "v.f32", "v.ids.json"]);
});

test("a folder that holds something else is not replaced", async () => {
  const { folder } = await prepared();
  mkdirSync(join(folder.path, "mine"));
  writeFileSync(join(folder.path, "mine", "thesis.txt"), "years of work");
  await expect(folder.prepare({ out: "mine" })).rejects.toThrow(
    /mine: something else is there already: expected a new folder, or a prepared dataset to replace, got .*thesis\.txt/,
  );
  expect(existsSync(join(folder.path, "mine", "thesis.txt"))).toBe(true);
  mkdirSync(join(folder.path, "empty"));
  await expect(folder.prepare({ out: "empty" })).resolves.toMatchObject({ events: 30 });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IdIndex, openCatalogue } from "../src/data/index.js";
import { addItems, evaluate, loadModel, prepare, train } from "../src/index.js";
import { readRunManifest } from "../src/training/index.js";

/** A shop of 30 items; n1 to n3 are in its table and in no event. */
const WORDS = ["red", "blue", "lamp", "chair", "table", "wood", "glass", "sea", "forest", "night"];
const item = (k: number, id = `i${k}`) => ({
  id,
  title: `${WORDS[k % 10]} ${WORDS[(k * 3 + 1) % 10]} ${WORDS[(k * 7 + 2) % 10]}`,
  tags: [WORDS[k % 5], WORDS[(k + 2) % 5]],
  price: k % 4 === 0 ? null : k,
  picture: k % 5 === 0 ? null : `pictures/p${k % 9}.png`,
  look: [Math.cos(k), Math.sin(k)],
});
const OLD = Array.from({ length: 30 }, (_, k) => item(k));
const NEW = [item(41, "n1"), item(45, "n2"), { ...item(53, "n3"), tags: ["never seen", "lamp"] }];
const lines = (items: readonly object[]): string => items.map((each) => `${JSON.stringify(each)}\n`).join("");

const YAML = (items: string) => `
name: shop
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items:
  from: ${items}
  id: id
  title: title
  modalities:
    tags: { kind: category, from: tags, multiple: true }
    price: { kind: number, from: price }
    look: { kind: vector, from: look }
    text: { kind: text, from: title }
    poster: { kind: image, from: picture }
statistics: { user: [count, rate], item: [count, rate] }
`;

let place: string;
const at = (...names: string[]): string => join(place, ...names);
const options = { model: "mmdin", seed: 3, epochs: 1, threads: 1 };
const request = { history: [{ item: "i3", label: 1 as const }, { item: "i8" }], candidates: ["n1", "i4", "n3", "n2"] };

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "mmdin-add-"));
  mkdirSync(at("pictures"));
  for (let k = 0; k < 9; k++) {
    const background = { r: 28 * k, g: 255 - 28 * k, b: (k * 97) % 255 };
    await sharp({ create: { width: 32, height: 48, channels: 3, background } })
      .png()
      .toFile(at("pictures", `p${k}.png`));
  }
  const events = Array.from(
    { length: 600 },
    (_, e) => `u${e % 20},i${(e * 7 + (e >> 3)) % 30},${1000 + e * 10},${(e * 5) % 3 === 0 ? 1 : 0}`,
  );
  writeFileSync(at("events.csv"), `user,item,ts,liked\n${events.join("\n")}\n`);
  writeFileSync(at("old.jsonl"), lines(OLD));
  writeFileSync(at("all.jsonl"), lines([...NEW, ...OLD]));
  writeFileSync(at("new.jsonl"), lines(NEW));
  writeFileSync(at("old.yaml"), YAML("old.jsonl"));
  writeFileSync(at("all.yaml"), YAML("all.jsonl"));
  await prepare(at("old.yaml"), { out: at("old"), cache: at("cache") });
  await prepare(at("all.yaml"), { out: at("all"), cache: at("cache") });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A run trained without the new items. */
async function trained(name: string): Promise<string> {
  await train({ data: at("old"), out: at(name), ...options });
  return at(name);
}

async function ranked(run: string): Promise<Map<string, number>> {
  const model = await loadModel(run);
  const answer = await model.rank(request);
  await model.close();
  return new Map(answer.map(({ item, logit }) => [item, logit]));
}

describe("items added to a run", () => {
  test("score as if prepare had known them: the weights are the same bytes, the logits equal to 1e-6", async () => {
    const run = await trained("run");
    await train({ data: at("all"), out: at("run-all"), ...options });
    const bytes = (folder: string): Buffer => readFileSync(join(folder, "weights.safetensors"));
    expect(bytes(run).equals(bytes(at("run-all")))).toBe(true);
    const before = await ranked(run);
    expect(new Set([before.get("n1"), before.get("n2"), before.get("n3")]).size).toBe(1); // all unknown
    const summary = await addItems({ run, items: at("new.jsonl"), cache: at("cache") });
    expect(summary).toMatchObject({ added: 3, replaced: 0, items: 33, ignored: [], dropped: {} });
    expect(summary.modalities).toEqual({ tags: 3, price: 3, look: 3, text: 3, poster: 2 });
    const [added, known] = [await ranked(run), await ranked(at("run-all"))];
    for (const [id, logit] of known) expect(Math.abs(logit - added.get(id)!)).toBeLessThan(1e-6);
    expect(new Set([...added.values()]).size).toBe(4);
    expect(added.get("i4")).toBe(before.get("i4"));
    expect(readRunManifest(run)).toMatchObject({ catalogue: "catalogue-2", itemsAdded: 3 });
    const after = [
      "candidates.safetensors",
      "catalogue",
      "catalogue-2",
      "log.jsonl",
      "manifest.json",
      "weights.safetensors",
    ];
    expect(readdirSync(run).sort()).toEqual(after); // the catalogue before stays for who reads it just now
    await expect(evaluate({ run, split: "test" })).resolves.toMatchObject({ rows: 60 });
  });

  test("can come as records, a field left out or null is missing, an unused field is named", async () => {
    const run = await trained("records");
    const items = [
      { id: "n1", title: "red lamp", colour: "red" },
      { id: 7, price: 3, tags: [] },
    ];
    const summary = await addItems({ run, items, cache: false });
    expect(summary.modalities).toEqual({ tags: 0, price: 1, look: 0, text: 1, poster: 0 });
    expect(summary.ignored).toEqual(["colour"]);
    const model = await loadModel(run);
    expect(await model.knows(["n1", "7", "n2"])).toEqual([true, true, false]);
    await model.close();
  });

  test("keep their values: a price of 3.5 where all were whole, ids as they are written, keys in any case", async () => {
    const run = await trained("exact");
    const items = [
      { id: "a", price: 3.5, TITLE: "red lamp", look: Float32Array.of(1, 0) },
      { id: 7, price: 0.4 },
      { id: 10n },
      { id: "n-17", price: 2 },
    ];
    const summary = await addItems({ run, items, cache: false });
    expect(summary).toMatchObject({ added: 4, ignored: [] });
    expect(summary.modalities).toMatchObject({ price: 3, text: 1, look: 1 });
    const { modalities, items: known } = openCatalogue(join(run, readRunManifest(run).catalogue));
    const price = modalities.find(({ name }) => name === "price");
    const added = price?.kind === "number" ? [...price.values.subarray(known.count - 4)] : [];
    expect(added).toEqual([Number.NaN, Math.fround(0.4), Math.fround(3.5), 2]); // 10, 7, a, n-17
    const model = await loadModel(run);
    expect(await model.knows(["a", "7", "10", "n-17"])).toEqual([true, true, true, true]);
    await model.close();
  });

  test("can be added to a run whose catalogue was written before it said which vectors lay in files", async () => {
    const run = await trained("early");
    const path = join(run, "catalogue", "catalogue.json");
    const { itemSource, ...catalogue } = JSON.parse(readFileSync(path, "utf8"));
    const { fromFiles, ...early } = itemSource;
    expect(fromFiles).toEqual([]);
    writeFileSync(path, JSON.stringify({ ...catalogue, itemSource: early }));
    const summary = await addItems({ run, items: [{ id: "n1", look: [1, 0] }], cache: false });
    expect(summary).toMatchObject({ added: 1, modalities: { look: 1 } });
  });

  test("can be read while others are added: the catalogue before stays", async () => {
    const run = await trained("read");
    const before = openCatalogue(join(run, readRunManifest(run).catalogue));
    await addItems({ run, items: [{ id: "n1" }], cache: false });
    expect(IdIndex.of(before, "items").indexOf("i3")).toBeGreaterThan(0);
    await addItems({ run, items: [{ id: "n2" }], cache: false });
    expect(
      readdirSync(run)
        .filter((name) => name.startsWith("catalogue"))
        .sort(),
    ).toEqual(["catalogue-2", "catalogue-3"]);
  });

  test("that the run knows already are refused by name, or given their new content where that is asked for", async () => {
    const run = await trained("twice");
    await addItems({ run, items: NEW.slice(0, 1), cache: false });
    await expect(addItems({ run, items: NEW, cache: false })).rejects.toThrow(
      'twice: the run knows these items already: "n1": expected ids that are new',
    );
    const before = await ranked(run);
    const changed = { ...NEW[0]!, title: "forest night sea", price: 1, look: [-1, 0] };
    const summary = await addItems({ run, items: [changed, item(3)], replace: true, cache: false });
    expect(summary).toMatchObject({ added: 0, replaced: 2, items: 31 });
    const after = await ranked(run);
    expect(after.get("n1")).not.toBe(before.get("n1"));
    expect(after.get("i4")).toBe(before.get("i4")); // i3, replaced by what it was
    expect(readRunManifest(run)).toMatchObject({ catalogue: "catalogue-3", itemsAdded: 1 });
  });

  test.each([
    ["a file that is not there", "none.jsonl", "", "none.jsonl: the items cannot be read: nothing at this path"],
    ["no JSON", "bad.jsonl", '{"id": "n1", "title"\n', "bad.jsonl"],
    ["a value of another kind", "kind.jsonl", '{"id": "n1", "price": "cheap"}\n', "cheap"],
    ["no records", "empty.jsonl", "\n\n", "no items in this file"],
    ["a CSV", "items.csv", "id,title\nn1,red lamp\n", "Items are JSON records: one object a line"],
    ["ids that come twice", "ids.jsonl", '{"id": "n1"}\n{"id": "n1"}\n', "ids come more than once in"],
    [
      "vectors of another length",
      "look.jsonl",
      '{"id": "n1", "look": [1, 2, 3]}\n',
      'vectors of "look" have another length than those of the run: expected 2 numbers, got 3',
    ],
  ])("%s: one error, and the run is as it was", async (_, name, content, message) => {
    const run = at("old-run");
    if (!existsSync(run)) await trained("old-run");
    if (content !== "") writeFileSync(at(name), content);
    const manifest = readFileSync(join(run, "manifest.json"), "utf8");
    await expect(addItems({ run, items: at(name), cache: false })).rejects.toThrow(message);
    expect(readFileSync(join(run, "manifest.json"), "utf8")).toBe(manifest);
    expect(readdirSync(run).sort()).toEqual([
      "candidates.safetensors",
      "catalogue",
      "log.jsonl",
      "manifest.json",
      "weights.safetensors",
    ]);
  });

  test("by two processes at once: the second one waits outside; a lock of a process that is gone is taken over", async () => {
    const run = await trained("locked");
    writeFileSync(join(run, "changing.lock"), String(process.ppid));
    await expect(addItems({ run, items: NEW, cache: false })).rejects.toThrow(
      "something else changes this run just now",
    );
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`mmdin-items-${process.pid}-`));
    expect(left).toEqual([]);
    // Of a process that is gone, one whose number this process has now, and one that was killed before it wrote its number.
    for (const [k, owner] of ["2147483646", String(process.pid), ""].entries()) {
      writeFileSync(join(run, "changing.lock"), owner);
      await addItems({ run, items: [{ id: `left-${k}` }], cache: false });
    }
    await expect(addItems({ run, items: NEW, cache: false })).resolves.toMatchObject({ added: 3 });
    expect(existsSync(join(run, "changing.lock"))).toBe(false);
  });
});

test("a run meets a dataset whose encoder was fitted on other items: the modality is named", async () => {
  const run = await trained("mismatch");
  writeFileSync(at("other.jsonl"), lines(OLD.map((each) => ({ ...each, title: `${each.title} deluxe` }))));
  writeFileSync(at("other.yaml"), YAML("other.jsonl"));
  await prepare(at("other.yaml"), { out: at("other"), cache: false });
  await expect(evaluate({ run, data: at("other") })).rejects.toThrow(
    'the run was trained with another encoding of "text": expected lsa version 1,',
  );
});

import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Catalogue, type Dataset, loadIds, openDataset, prepare } from "../../src/data/index.js";
import { readSafetensors } from "../../src/data/safetensors.js";
import { trainingEntries } from "../../src/data/training-entries.js";
import { itemNeighbours } from "../../src/models/item-neighbours.js";
import { findModel, modelNames } from "../../src/models/registry.js";
import {
  CandidateFinder,
  type HistoryIndices,
  openCandidateFinder,
  openItemVectors,
} from "../../src/serving/candidates/index.js";
import { addItems } from "../../src/training/add-items.js";
import { countCandidateTables, openCandidateTables } from "../../src/training/candidate-tables.js";
import { openRun, type RunManifest, readRunManifest, writeRunManifest } from "../../src/training/run-folder.js";
import { train } from "../../src/training/train.js";
import { Weights } from "../../src/training/weights.js";
import { prepareToy } from "../exam/toy-world.js";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), "mmdin-candidates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let dataset: Dataset;
let run: string;
beforeAll(async () => {
  dataset = await prepareToy(folder);
  run = join(folder, "run");
  const set = ["epochs=1", "options.dimension=8"];
  await train({ data: join(folder, "data"), out: run, model: "din", threads: 1, set });
});

const NOBODY: ReadonlySet<number> = new Set();
const history = (...items: number[]): HistoryIndices => ({
  items: Int32Array.from(items),
  labels: new Array<1>(items.length).fill(1),
});
const EMPTY = history();

/** With weights that nothing has trained. */
async function finderOf(model: string, catalogue: Catalogue): Promise<CandidateFinder> {
  const configured = findModel(model).configure({});
  const vectors = await openItemVectors(configured, (builder) => Weights.initial(builder, { seed: 1 }), {
    catalogue,
    threads: 1,
  });
  return CandidateFinder.create({ catalogue, vectors, tables: countCandidateTables(dataset) });
}

describe("for every model of the registry", () => {
  const variants: Record<string, (catalogue: Catalogue) => Catalogue> = {
    "all modalities": (catalogue) => catalogue,
    "the id and categories": (catalogue) => ({
      ...catalogue,
      modalities: catalogue.modalities.filter(({ kind }) => kind === "category"),
    }),
    "the id alone": (catalogue) => ({ ...catalogue, modalities: [] }),
  };
  for (const name of modelNames()) {
    test(`${name} finds the whole catalogue once, whatever the history, and says what each is alike`, async () => {
      for (const [what, vary] of Object.entries(variants)) {
        const catalogue = vary(dataset.catalogue);
        const finder = await finderOf(name, catalogue);
        const all = catalogue.items.count - 1;
        const last = catalogue.items.count - 1;
        for (const asked of [EMPTY, history(3, 9, 4), history(0, 0), history(last)]) {
          const found = await finder.find({ history: asked, exclude: NOBODY });
          expect(new Set(found.map(({ item }) => item)).size, `${what}, ${asked.items}`).toBe(all);
          expect(found).toHaveLength(all);
          expect(await finder.find({ history: asked, exclude: NOBODY })).toEqual(found);
        }
        const alike = await finder.similarities(Int32Array.of(3, 9));
        expect(alike).toHaveLength(4);
        await finder.close();
      }
    });
  }
});

describe("candidates", () => {
  test("are none of those excluded and all that a filter lets through, also where few pass", async () => {
    const finder = await finderOf("din", dataset.catalogue);
    const exclude = new Set([3, 9]);
    const few = new Set([3, 5, 44, dataset.catalogue.items.count - 1]);
    const found = await finder.find({ history: history(3, 9), most: 20, exclude, allows: (item) => few.has(item) });
    expect(found.map(({ item }) => item).sort((a, b) => a - b)).toEqual([5, 44, dataset.catalogue.items.count - 1]);
    expect(await finder.find({ history: history(3), most: 1, exclude })).toHaveLength(1);
    expect(await finder.find({ history: history(3), most: 0, exclude })).toEqual([]);
    await finder.close();
  });

  test("of an empty history are popular and new alone; of a history that is not liked, too", async () => {
    const finder = await finderOf("mmdin", dataset.catalogue);
    const disliked = { items: Int32Array.of(3, 9), labels: [0, 0] as const };
    for (const asked of [EMPTY, disliked]) {
      const sources = new Set((await finder.find({ history: asked, exclude: NOBODY })).map(({ source }) => source));
      expect([...sources].sort()).toEqual(["new", "popular"]);
    }
    await finder.close();
  });

  test("that are similar or co-visited name the step that did the most, others none", async () => {
    const finder = await finderOf("din", dataset.catalogue);
    const asked = history(3, 9, 4, 0);
    const found = await finder.find({ history: asked, exclude: new Set([3, 9, 4]), most: 30 });
    for (const candidate of found) {
      const because = finder.because(candidate, asked);
      if (candidate.source === "similar" || candidate.source === "co-visited") expect([0, 1, 2]).toContain(because);
      else expect(because).toBeNull();
    }
    // An item is most like itself.
    expect(finder.because({ item: 9, source: "similar" }, asked)).toBe(1);
    await finder.close();
  });

  test("that are similar are of the person's topic far more often than of others", async () => {
    const finder = await finderOf("din", dataset.catalogue);
    const ids = loadIds(dataset.catalogue, "items");
    const topicOf = (item: number): number => {
      const number = Number(ids[item]!.slice(1)) - 100;
      return [14, 25, 34, 40, 45].findIndex((end) => number < end);
    };
    const look = dataset.catalogue.modalities.find(({ name }) => name === "look") as { row: Int32Array };
    const liked = ids.map((_, item) => item).filter((item) => item > 0 && topicOf(item) === 1 && look.row[item]! >= 0);
    const asked = history(...liked.slice(0, 3));
    const found = await finder.find({ history: asked, exclude: new Set(liked.slice(0, 3)), most: 10 });
    const similar = found.filter(({ source }) => source === "similar");
    expect(similar).toHaveLength(3);
    for (const { item } of similar) expect(topicOf(item)).toBe(1);
    await finder.close();
  });
});

describe("a run folder", () => {
  test("holds co-visits that are those of item-knn's counting, and popularity over the whole log", () => {
    const { tables } = openCandidateTables(run, readRunManifest(run));
    const kept = 100;
    const counted = itemNeighbours({ catalogue: dataset.catalogue, ...trainingEntries(dataset) }, { kept, shrink: 10 });
    const { start, items, similarities } = tables!.coVisits;
    for (let item = 0; item <= dataset.catalogue.items.trained; item++) {
      const near = [...counted.neighbours.subarray(item * kept, (item + 1) * kept)].filter((other) => other > 0);
      expect([...items.subarray(start[item]!, start[item + 1]!)]).toEqual(near);
      expect([...similarities.subarray(start[item]!, start[item + 1]!)]).toEqual([
        ...counted.similarities.subarray(item * kept, item * kept + near.length),
      ]);
    }
    const { positives, timeConstant } = tables!.popularity!;
    const { events, catalogue } = dataset;
    const sum = events.time.reduce(
      (total, time, e) =>
        total +
        (events.item[e] === 5 && events.label[e] === 1 ? Math.exp((time - catalogue.lastTime) / timeConstant) : 0),
      0,
    );
    expect(sum).toBeGreaterThan(0);
    expect(positives[5]).toBeCloseTo(sum, 9);
    expect(timeConstant).toBeCloseTo(0.2 * (catalogue.lastTime - Math.min(...events.time)), 6);
  });

  test("of before they were written has them counted from its dataset; without that they are left out, and it says so", async () => {
    const old = join(folder, "old");
    cpSync(run, old, { recursive: true });
    const { candidates, ...before } = readRunManifest(old);
    expect(candidates).toBe("candidates.safetensors");
    rmSync(join(old, candidates!));
    writeRunManifest(old, before);
    const whole = openCandidateTables(run, readRunManifest(run));
    expect(openCandidateTables(old, readRunManifest(old))).toEqual(whole);
    const gone: RunManifest = { ...before, dataset: { ...before.dataset, directory: join(folder, "nowhere") } };
    writeRunManifest(old, gone);
    const { finder, warnings } = await openCandidateFinder(openRun(old));
    expect(warnings).toEqual([
      expect.stringMatching(/^candidates: the run holds no co-visits, and they cannot be counted \(.*nowhere/),
    ]);
    const found = await finder.find({ history: history(3, 9), exclude: NOBODY });
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(["similar", "popular"]));
    await finder.close();
    writeRunManifest(old, { ...before, dataset: { ...before.dataset, hash: "another" } });
    expect(openCandidateTables(old, readRunManifest(old)).problem).toMatch(/is not that of the run$/);
  });

  test("whose table is cut off is refused by name", () => {
    const damaged = join(folder, "damaged");
    cpSync(run, damaged, { recursive: true });
    const path = join(damaged, "candidates.safetensors");
    expect(readSafetensors(path).tensors.size).toBe(5);
    expect(statSync(path).size).toBeLessThan(100_000);
    writeFileSync(path, "no table");
    expect(() => openCandidateTables(damaged, readRunManifest(damaged))).toThrow(
      expect.objectContaining({ code: "FORMAT" }),
    );
  });
});

test("items added to a run are found as if the finder had been opened with them, with nothing else made anew", async () => {
  const grown = join(folder, "grown");
  cpSync(run, grown, { recursive: true });
  const before = openRun(grown);
  const { finder } = await openCandidateFinder(before);
  const look = [0, 0, 9, 0, 0, 0];
  const items = [
    { thing: "new1", tags: ["topic2"], price: 3, look },
    { thing: "new2", tags: [], price: null, look: null },
  ];
  await addItems({ run: grown, items, cache: false });
  const after = openRun(grown);
  const fresh = (await openCandidateFinder(after)).finder;
  const { count } = before.catalogue.items;
  await finder.update(after.catalogue, Int32Array.of(count, count + 1));
  const question = { history: history(3, 9, 4), exclude: NOBODY, user: "ann", time: 1e9 };
  const found = await finder.find(question);
  expect(found).toEqual(await fresh.find(question));
  expect(found).toHaveLength(count + 1);
  expect((await finder.find({ history: EMPTY, exclude: NOBODY, most: 45 })).map(({ item }) => item)).toContain(
    count + 1,
  );
  finder.observe(count, { positives: 1, time: 1e12 });
  const [first] = await finder.find({ history: EMPTY, exclude: NOBODY });
  expect(first).toEqual({ item: count, source: "popular" });
  await Promise.all([finder.close(), fresh.close()]);
});

test("a catalogue of three items has three candidates, two of them where one is excluded", async () => {
  const tiny = join(folder, "tiny");
  mkdirSync(tiny);
  const lines = ["user,item,time,liked"];
  for (let u = 0; u < 30; u++) for (let i = 0; i < 3; i++) lines.push(`u${u},i${i},${1000 * u + i},${(u + i) % 2}`);
  writeFileSync(join(tiny, "events.csv"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(tiny, "dataset.yaml"),
    "name: tiny\nevents: { from: events.csv, user: user, item: item, time: time, label: liked = 1 }\nhistory: { length: 5 }\nstatistics: false\nsplit: { by: time, train: 0.7, valid: 0.15, test: 0.15 }\n",
  );
  await prepare(join(tiny, "dataset.yaml"), { out: join(tiny, "data") });
  const { catalogue, ...rest } = openDataset(join(tiny, "data"));
  for (const model of ["popularity", "din", "mmdin"]) {
    const vectors = await openItemVectors(
      findModel(model).configure({}),
      (builder) => Weights.initial(builder, { seed: 1 }),
      { catalogue, threads: 1 },
    );
    const finder = await CandidateFinder.create({
      catalogue,
      vectors,
      tables: countCandidateTables({ catalogue, ...rest }),
    });
    const all = await finder.find({ history: EMPTY, exclude: NOBODY });
    expect(all.map(({ item }) => item).sort()).toEqual([1, 2, 3]);
    const others = await finder.find({ history: history(2), exclude: new Set([2]) });
    expect(others.map(({ item }) => item).sort()).toEqual([1, 3]);
    await finder.close();
  }
});

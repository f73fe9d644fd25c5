import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Contents, type EncodeOptions, encodeContents } from "./encode-contents.js";
import type { Features, TextEncoder, Unreadable } from "./encoder.js";
import { EncodingCache } from "./encoding-cache.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-encode-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Counts letters and vowels; remembers what it was asked. */
function counting(overrides: Partial<TextEncoder> = {}): TextEncoder & { asked: string[] } {
  const asked: string[] = [];
  return {
    id: "counting",
    version: "1",
    kind: "text",
    dimension: 2,
    batchSize: 2,
    asked,
    async encode(texts) {
      asked.push(...texts);
      return texts.map((text): Features | Unreadable =>
        text.startsWith("!")
          ? { unreadable: "shouting" }
          : Float32Array.of(text.length, text.replace(/[^aeiou]/g, "").length),
      );
    },
    ...overrides,
  };
}

const contentsOf = (texts: readonly (string | null)[]): Contents => ({
  count: texts.length,
  idOf: (item) => `i${item}`,
  read: (item) => texts[item] ?? null,
});

const options: EncodeOptions = { name: "text", where: "dataset.yaml:9:5", training: () => true };

test("rows follow the items that have a content; what cannot be read is missing, counted and named", async () => {
  const { row, values, report } = await encodeContents(
    counting(),
    contentsOf(["sea", null, "!no", "aa", "!x"]),
    options,
  );
  expect([...row]).toEqual([0, -1, -1, 1, -1]);
  expect([...values]).toEqual([3, 2, 2, 2]);
  expect(report).toMatchObject({ encoder: "counting", dimension: 2, encoded: 4, cached: 0, empty: 1 });
  expect(report.unreadable).toEqual([{ reason: "shouting", items: 2, examples: ["i2", "i4"] }]);
});

test("a content that several items share is encoded once", async () => {
  const encoder = counting();
  const { values, report } = await encodeContents(encoder, contentsOf(["a", "a", "b", "a"]), options);
  expect(encoder.asked).toEqual(["a", "b"]);
  expect([...values]).toEqual([1, 1, 1, 1, 1, 0, 1, 1]);
  expect([report.encoded, report.cached]).toEqual([2, 2]);
});

test("with a cache the second time encodes nothing, one changed content encodes one, another version encodes all", async () => {
  const place = join(folder, "again");
  const run = async (texts: string[], overrides: Partial<TextEncoder> = {}) => {
    const cache = new EncodingCache(place);
    const { report, values } = await encodeContents(counting(overrides), contentsOf(texts), { ...options, cache });
    await cache.close();
    return { encoded: report.encoded, cached: report.cached, values: [...values] };
  };
  const first = await run(["one", "two", "three"]);
  expect([first.encoded, first.cached]).toEqual([3, 0]);
  expect(await run(["one", "two", "three"])).toEqual({ ...first, encoded: 0, cached: 3 });
  expect(await run(["one", "zwei", "three"])).toMatchObject({ encoded: 1, cached: 2 });
  expect(await run(["one", "two", "three"], { version: "2" })).toMatchObject({ encoded: 3, cached: 0 });
  expect(await run(["one", "two", "three"], { id: "other" })).toMatchObject({ encoded: 3, cached: 0 });
});

test("why a content could not be read is kept, too: the second time nothing is asked again", async () => {
  const place = join(folder, "reasons");
  const reports = [];
  for (let time = 0; time < 2; time++) {
    const cache = new EncodingCache(place);
    reports.push((await encodeContents(counting(), contentsOf(["a", "!b"]), { ...options, cache })).report);
    await cache.close();
  }
  expect(reports.map(({ encoded, cached }) => [encoded, cached])).toEqual([
    [2, 0],
    [0, 2],
  ]);
  expect(reports[1]?.unreadable).toEqual([{ reason: "shouting", items: 1, examples: ["i1"] }]);
});

test("whole numbers come out of the cache as they went in, no numbers as none", async () => {
  const place = join(folder, "kinds");
  const encoder = { id: "x", version: "1" };
  const [whole, none, never] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
  const before = new EncodingCache(place);
  before.put(encoder, whole!, Int32Array.of(-7, 2 ** 31 - 1));
  before.put(encoder, none!, new Float32Array(0));
  await before.close();
  const after = new EncodingCache(place);
  expect(after.get(encoder, whole!)).toEqual(Int32Array.of(-7, 2 ** 31 - 1));
  expect(after.get(encoder, none!)).toEqual(new Float32Array(0));
  expect(after.get(encoder, never!)).toBeUndefined();
  await after.close();
});

test("a projection is fitted on the items of training alone, and given before it is not fitted again", async () => {
  const fittedOn: number[] = [];
  const encoder = counting({
    fit(features) {
      fittedOn.push(...features.map(([length]) => length!));
      return { dimension: 1, state: new Map(), project: ([length]) => Float32Array.of(length! / fittedOn.length) };
    },
  });
  const texts = contentsOf(["a", "bb", "ccc", "dddd"]);
  const training = (item: number): boolean => item < 2;
  const { values, projection } = await encodeContents(encoder, texts, { ...options, training });
  expect(fittedOn).toEqual([1, 2]);
  expect([...values]).toEqual([0.5, 1, 1.5, 2]);
  const later = await encodeContents(encoder, contentsOf(["ee"]), { ...options, training, projection: projection! });
  expect(fittedOn).toEqual([1, 2]);
  expect([...later.values]).toEqual([1]);
});

test("nothing of training to fit on is one error that names the modality", async () => {
  const encoder = counting({ fit: () => ({ dimension: 1, state: new Map(), project: () => new Float32Array(1) }) });
  await expect(
    encodeContents(encoder, contentsOf([null, "a"]), { ...options, training: (item) => item === 0 }),
  ).rejects.toThrow(
    'dataset.yaml:9:5: no item of the training slice has a text for modality "text": expected at least one to fit counting on',
  );
});

test.each([
  [
    "NaN",
    [1, Number.NaN],
    'the encoder "counting" gave a number that is not finite: expected finite numbers, got NaN at 1',
  ],
  [
    "too few numbers",
    [1],
    'the encoder "counting" gave a vector of another length: expected 2 numbers, its dimension, got 1',
  ],
])("an encoder that gives %s ends in one error that names it and the item", async (_, numbers, message) => {
  const encoder = counting({ encode: async (texts) => texts.map(() => Float32Array.from(numbers)) });
  const failing = encodeContents(encoder, contentsOf([null, "a"]), options);
  await expect(failing).rejects.toThrow('dataset.yaml:9:5: item "i1"');
  await expect(failing).rejects.toThrow(message);
});

test("an encoder that answers in plain arrays is told what is expected", async () => {
  const plain = Object([1, 2]);
  const encoder = counting({ encode: async (texts) => texts.map((): Float32Array => plain) });
  await expect(encodeContents(encoder, contentsOf(["a"]), options)).rejects.toThrow(
    'the encoder "counting" does not answer in typed arrays: expected a Float32Array (or an Int32Array, where it fits a projection), got an array',
  );
});

test("an encoder that fails, or answers nothing, ends in one error that names it", async () => {
  const failing = counting({ encode: () => Promise.reject(new Error("boom")) });
  await expect(encodeContents(failing, contentsOf(["a"]), options)).rejects.toThrow(
    'dataset.yaml:9:5: the encoder "counting" failed: got boom',
  );
  const nothing = Object(undefined);
  for (const encode of [async () => nothing, async () => [Object.create(null) && nothing.none]]) {
    await expect(encodeContents(counting({ encode }), contentsOf(["a"]), options)).rejects.toThrow(
      'the encoder "counting" does not answer every content',
    );
  }
});

test("an encoder that fails in what it fits, or in what it has fitted, ends in one error that names it", async () => {
  const fail = (): never => {
    throw new Error("boom");
  };
  const fits = [fail, () => ({ dimension: 1, state: new Map(), project: fail })];
  for (const fit of fits) {
    await expect(encodeContents(counting({ fit }), contentsOf(["a"]), options)).rejects.toThrow(
      'dataset.yaml:9:5: the encoder "counting" failed: got boom',
    );
  }
});

test("an encoder that answers fewer contents than it was given is refused", async () => {
  const encoder = counting({ encode: async () => [] });
  await expect(encodeContents(encoder, contentsOf(["a", "b"]), options)).rejects.toThrow("expected 2 answers, got 0");
});

test("a cache that cannot be opened says so, and what to do", () => {
  expect(() => new EncodingCache("/dev/null/x")).toThrow("Choose another folder for the cache (--cache DIR)");
});

import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { type Features, isUnreadable, type Projection } from "../encoder.js";
import { lsaEncoder } from "./lsa.js";
import { termCounts } from "./terms.js";
import { fitVocabulary, tfIdf } from "./tf-idf.js";

/** 300 words of a subject, different in their first characters: more than there are directions. */
const bank = (letter: string): string[] => Array.from({ length: 300 }, (_, k) => `${letter}${(k + 36).toString(36)}ly`);
const [SEA, KITCHEN] = [bank("s"), bank("k")];
/** 800 texts of twelve words, one half about the sea, the other about the kitchen, all with words that both have. */
const random = new RandomStream(1, "lsa test");
const TEXTS = Array.from({ length: 800 }, (_, i) => {
  const words = Array.from({ length: 12 }, () => (i % 2 === 0 ? SEA : KITCHEN)[random.below(300)]);
  return `a story of ${words.join(" and ")} that ends well`;
});

async function fitted(texts: readonly string[]): Promise<{ features: readonly Features[]; projection: Projection }> {
  const features = (await lsaEncoder().encode(texts)).filter((found): found is Features => !isUnreadable(found));
  return { features, projection: lsaEncoder().fit!(features) };
}

async function vectorOf(text: string, projection: Projection): Promise<Float32Array> {
  const [features] = await lsaEncoder().encode([text]);
  const vector = projection.project(features as Features);
  if (isUnreadable(vector)) throw new Error(vector.unreadable);
  return vector;
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, d) => sum + x * b[d]!, 0) /
  Math.sqrt(a.reduce((s, x) => s + x * x, 0) * b.reduce((s, x) => s + x * x, 0));

test("texts of one subject lie together, though they share no word with the text asked for", async () => {
  const { projection } = await fitted(TEXTS);
  const asked = await vectorOf(SEA.slice(0, 100).join(" "), projection);
  expect(cosine(asked, await vectorOf(SEA.slice(100, 200).join(" "), projection))).toBeGreaterThan(0.3);
  expect(cosine(asked, await vectorOf(KITCHEN.slice(0, 100).join(" "), projection))).toBeLessThan(-0.2);
});

test("over the training texts the vectors have mean 0 and a mean square length of 1", async () => {
  const { features, projection } = await fitted(TEXTS);
  const vectors = features.map((each) => projection.project(each) as Float32Array);
  const square = vectors.reduce((sum, v) => sum + v.reduce((s, x) => s + x * x, 0), 0) / vectors.length;
  expect(square).toBeCloseTo(1, 4);
  for (let d = 0; d < projection.dimension; d++) {
    expect(Math.abs(vectors.reduce((sum, v) => sum + v[d]!, 0))).toBeLessThan(1e-3);
  }
});

test("what was fitted is restored to the bit, and what is not of it is refused", async () => {
  const { features, projection } = await fitted(TEXTS);
  const restored = lsaEncoder().restore!(projection.state);
  expect(restored.dimension).toBe(projection.dimension);
  for (const each of features) expect(restored.project(each)).toEqual(projection.project(each));
  expect(() => lsaEncoder().restore!(new Map())).toThrow("not what lsa once fitted");
});

test("a text of which training knows no word is unreadable, not zeros", async () => {
  const { projection } = await fitted(TEXTS);
  expect(projection.project(termCounts("quokka zeppelin"))).toEqual({ unreadable: "no word that training knows" });
  expect(projection.project(termCounts("?!"))).toEqual({ unreadable: "no word that training knows" });
});

test.each([
  ["one text", ["a red lamp"]],
  ["two texts", ["a red lamp", "a blue chair"]],
  ["texts that are all the same", Array.from({ length: 30 }, () => "lamp")],
  ["Japanese and Arabic", ["東京の猫", "كتاب جديد", "海と山", "猫と海"]],
])("%s can be fitted: the vectors are finite", async (_, texts) => {
  const { features, projection } = await fitted(texts);
  expect(projection.dimension).toBeGreaterThan(0);
  expect(projection.dimension).toBeLessThanOrEqual(texts.length);
  for (const each of features) {
    const vector = projection.project(each) as Float32Array;
    expect(vector.every(Number.isFinite)).toBe(true);
  }
});

test("texts without a single word end in an error", async () => {
  await expect(fitted(["...", "!!"])).rejects.toThrow("no text of the training slice has a word in it");
});

test("TF-IDF by hand: (1 + ln count) idf, over the root of squares; terms of more than half of the texts are left out", () => {
  const texts = Array.from({ length: 20 }, (_, i) => termCounts(i < 4 ? "sun sun" : i < 10 ? "moon" : "sky"));
  const { hashes, idf } = fitVocabulary([...texts, ...texts.map(() => termCounts("sky"))], { most: 100 });
  expect(hashes).toHaveLength(3); // sun, moon, and the pair sun-sun; sky is in 30 of 40
  const weights = [...idf].sort((a, b) => a - b);
  const idfOf = (n: number): number => Math.log(41 / (1 + n)) + 1;
  expect(weights[0]).toBeCloseTo(idfOf(4) / 2, 5);
  expect(weights[1]).toBeCloseTo(idfOf(6), 5);
  expect(weights[2]).toBeCloseTo(idfOf(4), 5);
  const { value, starts } = tfIdf([termCounts("sun sun sun"), termCounts("cloud")], { hashes, idf });
  expect([...starts]).toEqual([0, 2, 2]);
  const sun = (1 + Math.log(3)) * idfOf(4);
  const pair = ((1 + Math.log(2)) * idfOf(4)) / 2;
  const length = Math.hypot(sun, pair);
  expect([...value].sort((a, b) => b - a).map((x) => x.toFixed(5))).toEqual(
    [sun / length, pair / length].map((x) => x.toFixed(5)),
  );
});

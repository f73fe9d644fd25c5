import { describe, expect, test } from "vitest";
import { lsaEncoder } from "../../modality/lsa/lsa.js";
import { RandomStream } from "../../random.js";
import { makeItems } from "../items.js";
import { RECIPE } from "../recipe.js";
import { countWords, fillPattern, withArticle } from "./fill-pattern.js";
import { type ItemText, writeTexts } from "./item-texts.js";
import { ItemWords } from "./item-words.js";
import { SHARED_WORDS } from "./shared-words.js";
import { TOPIC_WORDS } from "./topic-words.js";

const options = { seed: 1, recipe: RECIPE };
const items = makeItems(600, options);
const texts = writeTexts(items, options);
const blurbs = texts.flatMap(({ blurb }) => (blurb === null ? [] : [blurb]));

describe("texts of items", () => {
  test("a blurb has 20 to 60 words, a title 2 to 5, and no title comes twice", () => {
    const lengths = blurbs.map(countWords);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(60);
    expect(texts.filter(({ title }) => countWords(title) < 2 || countWords(title) > 5)).toEqual([]);
    expect(new Set(texts.map(({ title }) => title)).size).toBe(600);
  });

  test("they hold words and marks alone: no number of a topic, no slot left open, no wrong article", () => {
    const all = texts.map(({ title, blurb }) => `${title}. ${blurb ?? ""}`);
    expect(all.filter((text) => !/^[A-Za-z' ,.-]+$/.test(text))).toEqual([]);
    expect(all.filter((text) => /\b(a [aeiou]|an [^aeiou])/i.test(text))).toEqual([]);
  });

  test("a blurb is missing 1 to 5 times in 100", () => {
    expect(600 - blurbs.length).toBeGreaterThan(6);
    expect(600 - blurbs.length).toBeLessThan(30);
  });

  test("an item's text is the same in a smaller world", () => {
    const fewer = writeTexts(makeItems(50, options), options);
    expect(fewer).toEqual(texts.slice(0, 50));
  });

  test("through lsa the nearest text is of the same main topic at least 4 times in 10, by chance it is 1 in 16", async () => {
    const encoder = lsaEncoder();
    const features = await encoder.encode(texts.map(({ title, blurb }: ItemText) => `${title}. ${blurb ?? ""}`));
    const counts = features.filter((row) => row instanceof Int32Array);
    const projection = encoder.fit!(counts);
    const vectors = counts.map((row) => projection.project(row)).filter((row) => row instanceof Float32Array);
    expect(vectors).toHaveLength(600);
    let same = 0;
    for (let i = 0; i < 200; i++) if (items.topic[nearest(vectors, i)] === items.topic[i]) same++;
    expect(same / 200).toBeGreaterThan(0.4);
    expect(same / 200).toBeLessThan(0.95);
  });
});

describe("the words", () => {
  test("there is a bank for each topic, and no word begins with a letter that misleads about its article", () => {
    expect(TOPIC_WORDS).toHaveLength(RECIPE.topics);
    const after = [...TOPIC_WORDS, SHARED_WORDS].flatMap(({ who, thing, adjective }) => [
      ...who,
      ...thing,
      ...adjective,
    ]);
    expect(after.filter((word) => /^(hour|honest|heir|uni[^n]|use|eu|one|uk)/.test(word))).toEqual([]);
    expect([withArticle("owl"), withArticle("fox")]).toEqual(["an owl", "a fox"]);
  });

  test("an item of one topic, without shared and stray words, has that topic's words alone, none of them twice", () => {
    const recipe = { ...RECIPE, sharedWords: 0, strayWords: 0 };
    const words = new ItemWords(Float64Array.of(0, 1), { recipe, random: new RandomStream(1) });
    const { things } = TOPIC_WORDS[1]!;
    const drawn = things.map(() => fillPattern("{things}", words).toLowerCase());
    expect(drawn.sort()).toEqual([...things].sort());
  });
});

/** The other row whose cosine with row i is highest. */
function nearest(vectors: readonly Float32Array[], i: number): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [j, vector] of vectors.entries()) {
    let dot = 0;
    let square = 0;
    for (let d = 0; d < vector.length; d++) {
      dot += vector[d]! * vectors[i]![d]!;
      square += vector[d]! * vector[d]!;
    }
    if (j !== i && dot / Math.sqrt(square) > highest) [best, highest] = [j, dot / Math.sqrt(square)];
  }
  return best;
}

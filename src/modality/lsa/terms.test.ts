import { expect, test } from "vitest";
import { isPair, termCounts, wordsOf } from "./terms.js";

test.each([
  ["Toy Story (1995)", ["toy", "story", "1995"]],
  ["It's the dog’s life", ["its", "the", "dogs", "life"]],
  ["Amélie, ÀLA CARTE", ["amelie", "ala", "carte"]],
  ["ﬁne １２", ["fine", "12"]],
  ["東京物語", ["東京", "京物", "物語"]],
  ["Godzilla ゴジラ 2", ["godzilla", "ゴジ", "ジラ", "2"]],
  ["魚", ["魚"]],
  ["がか", ["がか"]],
  ["مُحَمَّد كتاب", ["محمد", "كتاب"]],
  ["שָׁלוֹם", ["שלום"]],
  ["สวัสดี", ["สว", "วั", "ัส", "สด", "ดี"]],
  ["x", ["x"]],
  ["?! ... --", []],
  ["", []],
])("the words of %j", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test("a text and its accents left out have the same terms, in whatever form they are written", () => {
  expect(termCounts("Cafe\u0301 nai\u0308f")).toEqual(termCounts("café naïf"));
  expect(termCounts("café naïf")).toEqual(termCounts("CAFE naif"));
});

test("words are cut to five characters, and each pair of neighbours is a term of its own", () => {
  const counts = termCounts("running runners ran, running");
  const terms = Array.from({ length: counts.length / 2 }, (_, k) => ({ hash: counts[2 * k]!, n: counts[2 * k + 1]! }));
  // runni 2, runne 1, ran 1; runni-runne, runne-ran, ran-runni
  expect(
    terms
      .filter(({ hash }) => !isPair(hash))
      .map(({ n }) => n)
      .sort(),
  ).toEqual([1, 1, 2]);
  expect(terms.filter(({ hash }) => isPair(hash)).map(({ n }) => n)).toEqual([1, 1, 1]);
  const hashes = terms.map(({ hash }) => hash);
  expect(hashes).toEqual([...hashes].sort((a, b) => a - b));
});

test("a pair knows its order: dog bites is not bites dog", () => {
  const pairs = (text: string): number[] => [...termCounts(text)].filter((hash, k) => k % 2 === 0 && isPair(hash));
  expect(pairs("dog bites")).toHaveLength(1);
  expect(pairs("dog bites")).not.toEqual(pairs("bites dog"));
});

test("a text of one million characters is read whole", () => {
  const counts = termCounts("sea wind ".repeat(111_112));
  expect(counts).toHaveLength(8); // two words, two pairs
  expect([...counts].filter((_, k) => k % 2 === 1).sort()).toEqual([111_111, 111_112, 111_112, 111_112].sort());
});

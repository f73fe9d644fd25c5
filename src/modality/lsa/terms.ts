import { mix } from "../../random.js";

/** Scripts written without spaces between words: their runs are cut into pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;
const RUN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー])[\p{L}\p{N}\p{M}])+/gu;
/** Accents of Latin, Greek and Cyrillic, and the vowel signs of Hebrew and Arabic: written or not, the word is the same. */
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]/g;
const APOSTROPHES = /(?<=\p{L})['\u2019\u02bc](?=\p{L})/gu;

/**
 * The words of a text, in order: lower case, compatibility forms and accents folded, runs of letters and digits. Scripts
 * without spaces give pairs of neighbouring characters, as Chinese and Japanese are commonly indexed (Nie, Gao, Zhang and
 * Zhou, On the Use of Words and N-grams for Chinese Information Retrieval, 2000).
 */
export function wordsOf(text: string): string[] {
  const folded = text.normalize("NFKD").replace(MARKS, "").normalize("NFKC").toLowerCase().replace(APOSTROPHES, "");
  const words: string[] = [];
  for (const run of folded.match(RUN) ?? []) {
    if (!UNSPACED.test(run)) {
      words.push(run);
      continue;
    }
    const characters = [...run];
    if (characters.length === 1) words.push(run);
    for (let i = 0; i + 1 < characters.length; i++) words.push(characters[i]! + characters[i + 1]!);
  }
  return words;
}

/** Words are cut to so many characters, which does what a stemmer does, in every alphabet. */
const STEM = 5;

/**
 * How often each term stands in a text: its words, cut to five characters (McNamee and Mayfield, Character N-Gram Tokenization
 * for European Language Text Retrieval, 2004), and its pairs of neighbouring words, each as a hash of 32 bits whose lowest bit
 * is 0 for a word and 1 for a pair. Pairs [hash, count], by ascending hash. Of 100,000 terms about 2 share a hash with
 * another one: that is harmless.
 */
export function termCounts(text: string): Int32Array {
  const counts = new Map<number, number>();
  const count = (term: number) => counts.set(term, (counts.get(term) ?? 0) + 1);
  let before: number | undefined;
  for (const word of wordsOf(text)) {
    const stem = [...word].slice(0, STEM).join("");
    let hash = 0;
    for (let i = 0; i < stem.length; i++) hash = mix(hash, stem.charCodeAt(i));
    hash &= ~1;
    count(hash);
    if (before !== undefined) count(mix(before, hash) | 1);
    before = hash;
  }
  return Int32Array.from([...counts].sort(([a], [b]) => a - b).flat());
}

export function isPair(hash: number): boolean {
  return (hash & 1) === 1;
}

import type { ItemWords } from "./item-words.js";
import type { SentencePart } from "./word-bank.js";

const PARTS = ["who", "thing", "things", "stuff", "place", "doing", "adjective"] as const satisfies SentencePart[];

/**
 * Fills a pattern with words: `{thing}` is a word of the item, `{a thing}` has its article before it, and `{finds|discovers}`
 * is one of these ways to say it. The first letter is made a capital.
 */
export function fillPattern(pattern: string, words: ItemWords): string {
  const filled = pattern.replace(/\{([^}]+)\}/g, (open: string, slot: string) => {
    if (slot.includes("|")) return words.choose(slot.split("|"));
    const wanted = slot.replace(/^an? /, "");
    const part = PARTS.find((name) => name === wanted);
    if (part === undefined) return open; // no such part: it shows
    const word = words.draw(part);
    return slot === wanted ? word : withArticle(word);
  });
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** "a" or "an" before a word, by its first letter: the banks hold no word that sounds otherwise. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /\w/.test(word)).length;
}

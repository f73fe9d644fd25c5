import { countWords, fillPattern } from "./fill-pattern.js";
import type { ItemWords } from "./item-words.js";

const PATTERNS = [
  "the {adjective} {thing}",
  "the {adjective} {who}",
  "{stuff} and {things}",
  "{things} and {stuff}",
  "the {who} and the {thing}",
  "{a adjective} {thing}",
  "{adjective} {things}",
  "letters to {a who}",
  "the last {thing}",
  "the {who}'s {thing}",
  "a {year|season|winter|summer} of {things}",
  "no more {things}",
  "{a thing} called {Hope|Ada|Patience|Otto|Juniper}",
  "{things} {place}",
  "how to keep {things}",
  "{stuff}, {stuff}, {stuff}",
  "{doing}",
  "the {who} {place}",
  "{a who} among {things}",
] as const;

/** How often another title is tried where one is too long or taken. */
const TRIES = 12;
const LITTLE_WORDS = new Set(["a", "an", "and", "the", "of", "to", "in", "on", "at", "by", "for", "past", "between"]);

/** Writes a title of 2 to 5 words, one that is not `taken` where it is easy to find; it is taken then. */
export function writeTitle(words: ItemWords, taken: Set<string>): string {
  let title = inCapitals(fillPattern("the {thing}", words));
  for (let tries = 0; tries < TRIES; tries++) {
    const candidate = fillPattern(words.choose(PATTERNS), words);
    const count = countWords(candidate);
    if (count < 2 || count > 5) continue;
    title = inCapitals(candidate);
    if (!taken.has(title)) break;
  }
  taken.add(title);
  return title;
}

function inCapitals(text: string): string {
  return text
    .split(" ")
    .map((word, i) => (i > 0 && LITTLE_WORDS.has(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ");
}

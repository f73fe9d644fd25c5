import { countWords, fillPattern } from "./fill-pattern.js";
import type { ItemWords } from "./item-words.js";

const FEWEST = 20;
const MOST = 60;

/** Who and where: every blurb begins with one. */
const OPENINGS = [
  "{a who} {finds|discovers|comes upon} {a thing} {place}.",
  "{a who} and {a who} {share|fight over|are left with} {a thing} {place}.",
  "all {Anna|Mira|Tomas|Elias|Ines|Jonah} wants is {doing}, until {a who} arrives with {a thing}.",
  "{place}, {a adjective} {who} spends {the winter|the nights|every Sunday} {doing}.",
  "when {a who} loses {a thing}, {only|nobody but} {a who} knows where to look.",
  "every {evening|morning|spring}, {a who} waits {place} and thinks of {things} and {things}.",
  "{the year is bad for|this is a story of|nobody talks about} {things}, {things} and one {adjective} {thing}.",
  "{a adjective} {thing}, {a adjective} {who} and {too many|a handful of|hundreds of} {things}.",
  "{once upon a time|one long summer|for one winter}, {a who} lived {place}, {doing} and {dreaming of|worrying about} {things}.",
] as const;

/** What happens. */
const MIDDLES = [
  "between {things} and {things}, {something|a friendship|an odd kind of love} begins to grow.",
  "there is {stuff}, there is {stuff}, and {at last|in the end|now and then} there are {things}.",
  "{soon|before long|by and by} they are {doing} {together|side by side|as if nothing had happened}.",
  "it begins with {doing} and {ends|almost ends} with {a thing}.",
  "{a who} {teaches|shows|promises} them all about {stuff} and {things}.",
  "but the {who} who waits {place} {has a secret|has other plans|knows better}.",
  "then the {thing} {place} {is gone|changes everything|begins to speak}.",
  "{nothing|little} prepares them for {a adjective} {who}, or for {things}.",
  "along the way come {things}, {a adjective} {thing} and {a who}.",
  "{doing} turns out to be {easier|harder|stranger} than {doing}.",
  "somewhere {place}, {a thing} {is waiting|lies hidden|still works}.",
] as const;

/** How it leaves us. */
const CLOSINGS = [
  "a {warm|funny|tender|bright} story of {stuff}, {stuff} and {things}.",
  "{for everyone who|for all who ever} {loved|dreamed of|feared} {things}.",
  "full of {stuff} and {stuff}, and {never|hardly ever} {sad|slow|dull} for long.",
  "{you will smell|you can almost taste|it leaves behind} the {stuff}.",
  "{told|drawn|remembered} with {stuff}, {wit|care|a light hand} and {a adjective} ending.",
  "in the end, {a thing} is {enough|all it takes|worth the trouble}.",
] as const;

/** Writes a blurb of 20 to 60 words: an opening, one thing or more that happens, mostly a closing. */
export function writeBlurb(words: ItemWords): string {
  const aim = words.choose([22, 26, 30, 34, 38, 42]);
  const sentences = [fillPattern(words.choose(OPENINGS), words)];
  let count = countWords(sentences[0]!);
  const add = (patterns: readonly string[]): void => {
    const sentence = fillPattern(words.choose(patterns), words);
    if (count + countWords(sentence) > MOST) return;
    sentences.push(sentence);
    count += countWords(sentence);
  };
  const left: string[] = [...MIDDLES];
  while (count < aim - 8 && left.length > 0) add(left.splice(words.choose([...left.keys()]), 1));
  add(CLOSINGS);
  while (count < FEWEST && left.length > 0) add(left.splice(words.choose([...left.keys()]), 1));
  return sentences.join(" ");
}

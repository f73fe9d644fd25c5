import { RandomStream } from "../../random.js";
import type { WorldItems } from "../items.js";
import type { Recipe } from "../recipe.js";
import { writeBlurb } from "./blurb.js";
import { ItemWords } from "./item-words.js";
import { writeTitle } from "./title.js";

/** What the catalogue tells of an item in words. */
export interface ItemText {
  title: string;
  /** null where the catalogue has none. */
  blurb: string | null;
}

/** Writes the texts of all items; that of an item depends on nothing of the others, but for titles that are taken. */
export function writeTexts(items: WorldItems, { seed, recipe }: { seed: number; recipe: Recipe }): ItemText[] {
  const topics = items.topicVector.length / items.count;
  const missing = new RandomStream(seed, "world", "missing blurbs");
  const taken = new Set<string>();
  return items.ids.map((_, i) => {
    const random = new RandomStream(seed, "world", "texts", i);
    const words = new ItemWords(items.topicVector.subarray(i * topics, (i + 1) * topics), { recipe, random });
    const title = writeTitle(words, taken);
    const blurb = writeBlurb(words);
    return { title, blurb: missing.uniform() < recipe.blurbMissing ? null : blurb };
  });
}

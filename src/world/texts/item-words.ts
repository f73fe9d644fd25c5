import type { RandomStream } from "../../random.js";
import type { Recipe } from "../recipe.js";
import { SHARED_WORDS } from "./shared-words.js";
import { TOPIC_WORDS } from "./topic-words.js";
import type { SentencePart, WordBank } from "./word-bank.js";

interface ItemWordsOptions {
  recipe: Recipe;
  random: RandomStream;
}

/**
 * Draws words for one item. Each is of the shared words with probability `sharedWords`, of any topic with `strayWords`; else
 * of the item's own topics, in proportion to their weights. No word comes twice while its list has others.
 */
export class ItemWords {
  readonly #topicVector: Float64Array;
  readonly #recipe: Recipe;
  readonly #random: RandomStream;
  readonly #used = new Set<string>();

  /** @param topicVector [topics] Weights of the item's topics. */
  constructor(topicVector: Float64Array, { recipe, random }: ItemWordsOptions) {
    this.#topicVector = topicVector;
    this.#recipe = recipe;
    this.#random = random;
  }

  /** The next word for a part of a sentence. */
  draw(part: SentencePart): string {
    const list = this.#drawBank()[part];
    const start = this.#random.below(list.length);
    for (let step = 0; step < list.length; step++) {
      const word = list[(start + step) % list.length]!;
      if (this.#used.has(word)) continue;
      this.#used.add(word);
      return word;
    }
    return list[start]!;
  }

  /** One of some ways to say the same. */
  choose<T>(ways: readonly T[]): T {
    return ways[this.#random.below(ways.length)]!;
  }

  #drawBank(): WordBank {
    const { sharedWords, strayWords } = this.#recipe;
    const source = this.#random.uniform();
    if (source < sharedWords) return SHARED_WORDS;
    if (source < sharedWords + strayWords) return TOPIC_WORDS[this.#random.below(TOPIC_WORDS.length)]!;
    let left = this.#random.uniform() * this.#topicVector.reduce((sum, weight) => sum + weight, 0);
    const topic = this.#topicVector.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return TOPIC_WORDS[Math.max(topic, 0)]!;
  }
}

import type { Random } from "./random.js";
import type { Recipe } from "./recipe.js";

/** The catalogue with its hidden truth. Arrays have one entry per item, matrices one row per item. */
export interface WorldItems {
  count: number;
  ids: string[];
  /** Main topic, 0 .. topics - 1. */
  topic: Uint8Array;
  /** Unit vectors [items, topics]: the main topic and a weaker second one. */
  topicVector: Float64Array;
  /** Unit vectors [items, styleDimensions]. */
  style: Float64Array;
  /** What a shop would say of the topic: right with probability `categoryRight`. */
  category: Uint8Array;
  /** Logarithm of the price, standardised: what people look at. */
  price: Float64Array;
  /** Years since the item was made: no influence on clicks. */
  age: Float64Array;
  /** 1 where the catalogue does not tell the price (the age). */
  priceMissing: Uint8Array;
  ageMissing: Uint8Array;
  /** Normal with variance 1; liked by everyone. */
  quality: Float64Array;
  /** Weight of being shown for its popularity. */
  popularity: Float64Array;
  /** First moment of the item as a fraction of the whole time: 0, or at least .8 for the new ones. */
  debut: Float64Array;
}

/** Fraction of the whole time before which no new item appears. */
export const FIRST_DEBUT = 0.8;
/** New items have all appeared by this fraction, so that each can be met before the time ends. */
const LAST_DEBUT = 0.95;

/**
 * Draws the catalogue: topics, styles partly driven by them, noisy categories, prices, ages, qualities.
 *
 * Ids say nothing: which items are new, popular or good does not depend on an item's number.
 */
export function makeItems(count: number, { random, recipe }: { random: Random; recipe: Recipe }): WorldItems {
  const { topics, styleDimensions } = recipe;
  const topicStyles = random.fork("topic styles");
  const styleOfTopic = Array.from({ length: topics }, () => topicStyles.direction(styleDimensions));
  const pricesOfTopic = random.fork("topic prices");
  const priceOfTopic = Float64Array.from({ length: topics }, () => pricesOfTopic.normal());

  const topicStream = random.fork("topics");
  const styleStream = random.fork("styles");
  const dataStream = random.fork("catalogue");
  const popularityStream = random.fork("popularity");
  const width = String(count).length;
  const items: WorldItems = {
    count,
    ids: Array.from({ length: count }, (_, i) => `i${String(i + 1).padStart(width, "0")}`),
    topic: new Uint8Array(count),
    topicVector: new Float64Array(count * topics),
    style: new Float64Array(count * styleDimensions),
    category: new Uint8Array(count),
    price: new Float64Array(count),
    age: new Float64Array(count),
    priceMissing: new Uint8Array(count),
    ageMissing: new Uint8Array(count),
    quality: new Float64Array(count),
    popularity: new Float64Array(count),
    debut: new Float64Array(count),
  };

  for (let i = 0; i < count; i++) {
    const main = topicStream.integer(topics);
    const second = (main + 1 + topicStream.integer(topics - 1)) % topics;
    const topicVector = items.topicVector.subarray(i * topics, (i + 1) * topics);
    topicVector[main] = 1;
    topicVector[second] = topicStream.uniform() * recipe.secondTopic;
    toUnitLength(topicVector);
    items.topic[i] = main;

    const own = styleStream.direction(styleDimensions);
    const style = items.style.subarray(i * styleDimensions, (i + 1) * styleDimensions);
    for (let d = 0; d < styleDimensions; d++) {
      style[d] = recipe.styleFromTopic * styleOfTopic[main]![d]! + (1 - recipe.styleFromTopic) * own[d]!;
    }
    toUnitLength(style);

    const categoryIsRight = dataStream.uniform() < recipe.categoryRight;
    const anyCategory = dataStream.integer(topics);
    items.category[i] = categoryIsRight ? main : anyCategory;
    items.price[i] = 0.5 * priceOfTopic[main]! + Math.sqrt(0.75) * dataStream.normal();
    items.age[i] = Math.exp(0.7 + 0.8 * dataStream.normal());
    items.priceMissing[i] = dataStream.uniform() < recipe.priceMissing ? 1 : 0;
    items.ageMissing[i] = dataStream.uniform() < recipe.ageMissing ? 1 : 0;

    items.quality[i] = (recipe as any).qualitySpread * popularityStream.normal();
    items.popularity[i] = Math.exp(
      recipe.popularityFromQuality * items.quality[i]! + recipe.popularitySpread * popularityStream.normal(),
    );
  }

  const debutStream = random.fork("debuts");
  const fresh = debutStream.permutation(count).subarray(0, Math.round(count * recipe.newItems));
  for (const i of fresh) items.debut[i] = FIRST_DEBUT + (LAST_DEBUT - FIRST_DEBUT) * debutStream.uniform();
  return items;
}

function toUnitLength(vector: Float64Array): void {
  let square = 0;
  for (const x of vector) square += x * x;
  const scale = 1 / Math.sqrt(square);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
}

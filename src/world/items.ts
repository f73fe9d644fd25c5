import { RandomStream } from "../random.js";
import { drawDirection, toUnitLength } from "./draws.js";
import type { Recipe } from "./recipe.js";

/** The catalogue with its hidden truth. Arrays have one entry per item, matrices one row per item. */
export interface WorldItems {
  count: number;
  /** Ascending as texts; a number says nothing of its item. */
  ids: string[];
  /** Main topic, 0 .. topics - 1. */
  topic: Uint8Array;
  /** [items, topics] unit vectors: the main topic and a weaker second one. */
  topicVector: Float64Array;
  /** [items, styleDimensions] unit vectors. */
  style: Float64Array;
  /** What the catalogue says of the topic, not always right. */
  category: Uint8Array;
  /** The price as people see it: its logarithm, standardised. */
  price: Float64Array;
  /** Years since the item was made. Nobody's clicks depend on it. */
  age: Float64Array;
  /** 1 where the catalogue does not tell the price (the age). */
  priceMissing: Uint8Array;
  ageMissing: Uint8Array;
  /** What everybody likes, normal around 0. */
  quality: Float64Array;
  /** Weight in draws by popularity. */
  popularity: Float64Array;
  /** When the item appears, as a fraction of the world's time: 0, or .8 and more for the new ones. */
  debut: Float64Array;
}

/** New items appear from the first to the second of these fractions of the world's time. */
const DEBUTS = [0.8, 0.95] as const;
/** Share of the variance of prices that the topic explains. */
const PRICE_FROM_TOPIC = 0.25;

/** Draws the catalogue. */
export function makeItems(count: number, { seed, recipe }: { seed: number; recipe: Recipe }): WorldItems {
  const { topics, styleDimensions } = recipe;
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
  drawTopicsAndStyles(items, { random: new RandomStream(seed, "world", "topics"), recipe });
  drawCatalogue(items, { random: new RandomStream(seed, "world", "catalogue"), recipe });

  const random = new RandomStream(seed, "world", "appeal");
  const order = Int32Array.from({ length: count }, (_, i) => i);
  random.shuffle(order);
  for (let i = 0; i < count; i++) {
    items.quality[i] = recipe.qualitySpread * random.normal();
    items.popularity[i] = Math.exp(items.quality[i]! + recipe.popularitySpread * random.normal());
  }
  for (const i of order.subarray(0, Math.round(count * recipe.newItems))) {
    items.debut[i] = DEBUTS[0] + (DEBUTS[1] - DEBUTS[0]) * random.uniform();
  }
  return items;
}

interface Draw {
  random: RandomStream;
  recipe: Recipe;
}

function drawTopicsAndStyles(items: WorldItems, { random, recipe }: Draw): void {
  const { topics, styleDimensions, styleFromTopic, secondTopic } = recipe;
  const styleOfTopic = Array.from({ length: topics }, () => drawDirection(random, styleDimensions));
  for (let i = 0; i < items.count; i++) {
    const main = random.below(topics);
    const second = (main + 1 + random.below(topics - 1)) % topics;
    items.topic[i] = main;
    const topicVector = items.topicVector.subarray(i * topics, (i + 1) * topics);
    topicVector[main] = 1;
    topicVector[second] = secondTopic * random.uniform();
    toUnitLength(topicVector);

    const own = drawDirection(random, styleDimensions);
    const mixed = own.map((x, d) => styleFromTopic * styleOfTopic[main]![d]! + (1 - styleFromTopic) * x);
    items.style.set(toUnitLength(mixed), i * styleDimensions);
  }
}

function drawCatalogue(items: WorldItems, { random, recipe }: Draw): void {
  const priceOfTopic = Float64Array.from({ length: recipe.topics }, () => random.normal());
  for (let i = 0; i < items.count; i++) {
    const topic = items.topic[i]!;
    items.category[i] = random.uniform() < recipe.categoryRight ? topic : random.below(recipe.topics);
    items.price[i] =
      Math.sqrt(PRICE_FROM_TOPIC) * priceOfTopic[topic]! + Math.sqrt(1 - PRICE_FROM_TOPIC) * random.normal();
    items.age[i] = Math.exp(0.7 + 0.8 * random.normal());
    items.priceMissing[i] = random.uniform() < recipe.priceMissing ? 1 : 0;
    items.ageMissing[i] = random.uniform() < recipe.ageMissing ? 1 : 0;
  }
}

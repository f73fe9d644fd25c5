/** The constants of the world. The sizes (people, items, events) and the seed are the caller's. */
export interface Recipe {
  /** Number of topics; an item's topic vector has as many dimensions. */
  topics: number;
  /** An item's main topic weighs 1, its second one uniformly in [0, secondTopic). */
  secondTopic: number;
  /** Dimensions of style, a unit vector. */
  styleDimensions: number;
  /** style = unit(styleFromTopic * direction of the main topic + (1 - styleFromTopic) * direction of the item). */
  styleFromTopic: number;
  /** Probability that an item's category is its main topic; else it is any category. */
  categoryRight: number;
  priceMissing: number;
  ageMissing: number;
  qualitySpread: number;
  /** Popularity of an item = exp(quality + popularitySpread * normal). */
  popularitySpread: number;
  /** Share of the items that appear only in the last fifth of time. */
  newItems: number;
  /** Probability that a word of an item's text is shared by all topics, and that it is of any topic; else of its own. */
  sharedWords: number;
  strayWords: number;
  /** Length of the noise on the style that a poster shows; the style itself has length 1. */
  posterNoise: number;
  /** Probability that an item has no poster, and no blurb: independent of everything. */
  posterMissing: number;
  blurbMissing: number;
  /** Fewest and most interests of a person. */
  interests: readonly [number, number];
  /** A person's further interests are each the nearest in style and price to the first one, of so many of other topics. */
  tasteChoices: number;
  /** Weights over (topic, style, price) are gamma draws of these whole-number shapes, scaled to sum to 1. */
  weightShapes: readonly [number, number, number];
  /** Standard deviation of a person's readiness to click, in logits. */
  personSpread: number;
  /** Probability that the active interest stays from one event to the next. */
  stay: number;
  /** Share of the exposures that come from popularity; the others are the best of `shelf` items for an interest. */
  popularShare: number;
  shelf: number;
  /** Probability that this interest is the active one. */
  activeShown: number;
  /** An item is not shown again while it is among the person's last so many. */
  noRepeat: number;
  /** logit of a click = a + matchWeight * match + qualityWeight * quality + readiness; `a` makes the mean clickRate. */
  matchWeight: number;
  qualityWeight: number;
  clickRate: number;
}

/** Tuned until the yardsticks lay in their bands over several seeds: oracle .85 +- .02, interests known .74 +- .02. */
export const RECIPE: Readonly<Recipe> = {
  topics: 16,
  secondTopic: 0.5,
  styleDimensions: 6,
  styleFromTopic: 0.5,
  categoryRight: 0.6,
  priceMissing: 0.1,
  ageMissing: 0.15,
  qualitySpread: 0.8,
  popularitySpread: 0.4,
  newItems: 0.1,
  sharedWords: 0.2,
  strayWords: 0.06,
  posterNoise: 0.2,
  posterMissing: 0.05,
  blurbMissing: 0.03,
  interests: [2, 4],
  tasteChoices: 16,
  weightShapes: [3, 3, 1],
  personSpread: 0.3,
  stay: 0.97,
  popularShare: 0.5,
  shelf: 30,
  activeShown: 0.7,
  noRepeat: 50,
  matchWeight: 5,
  qualityWeight: 0.8,
  clickRate: 0.38,
};

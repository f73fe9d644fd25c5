/** The constants of the world. They were tuned once until the yardsticks lay in their bands over several seeds. */
export interface Recipe {
  /** Number of topics, and of dimensions of an item's topic vector. */
  topics: number;
  /** Weight of an item's second topic is uniform in [0, secondTopic), that of its main topic is 1. */
  secondTopic: number;
  /** Dimensions of style: a unit vector. */
  styleDimensions: number;
  /** style = unit(styleFromTopic * direction of the main topic + (1 - styleFromTopic) * own direction). */
  styleFromTopic: number;
  /** Probability that an item's category is that of its main topic; else it is any category. */
  categoryRight: number;
  priceMissing: number;
  ageMissing: number;
  /** Share of the items that appear only in the last fifth of time. */
  newItems: number;
  /** An item's chance to be shown as popular is proportional to exp(popularityFromQuality * quality + popularitySpread * normal). */
  popularityFromQuality: number;
  popularitySpread: number;
  /** Standard deviations of the noise in the two vectors, relative to the length 1 of what they show. */
  topicNoise: number;
  styleNoise: number;
  vectorDimensions: number;
  /** Fewest and most interests of a person. */
  interests: readonly [number, number];
  /** Weights over (topic, style, price) are gamma draws with these shapes, scaled to sum to 1. */
  weightShapes: readonly [number, number, number];
  /** Standard deviation of a person's readiness to click, in logits. */
  personSpread: number;
  /** Probability that the active interest of one event is that of the event before. */
  stay: number;
  /** Share of the exposures that come from popularity; the rest are the best of `shelf` items for an interest. */
  popularShare: number;
  shelf: number;
  /** Probability that this interest is the active one. */
  activeShown: number;
  /** Nothing is shown again that is among the person's last this many exposures. */
  noRepeat: number;
  /** logit of a click = a + match * matchWeight + quality * qualityWeight + person, with `a` such that the mean is clickRate. */
  matchWeight: number;
  qualityWeight: number;
  clickRate: number;
}

export const DEFAULT_RECIPE: Readonly<Recipe> = {
  topics: 16,
  secondTopic: 0.8,
  styleDimensions: 6,
  styleFromTopic: 0.4,
  categoryRight: 0.7,
  priceMissing: 0.1,
  ageMissing: 0.15,
  newItems: 0.1,
  popularityFromQuality: 1,
  popularitySpread: 0.4,
  topicNoise: 1,
  styleNoise: 0.5,
  vectorDimensions: 32,
  interests: [2, 4],
  weightShapes: [2, 2, 1],
  personSpread: 0.5,
  stay: 0.97,
  popularShare: 0.5,
  shelf: 30,
  activeShown: 0.7,
  noRepeat: 50,
  matchWeight: 5,
  qualityWeight: 0.8,
  clickRate: 0.38,
};

import { z } from "zod";
import { attentionOptions, featureOptions } from "./feature-options.js";

/** The shared feature options with textbook defaults: ids and categories, no statistics, of a step its item alone. */
export const textbookFeatures = {
  ...featureOptions,
  modalities: featureOptions.modalities.default("ids"),
  statistics: featureOptions.statistics.default(false),
  behaviour: featureOptions.behaviour.default(false),
  age: featureOptions.age.default(false),
};
const features = z.strictObject(textbookFeatures);
export type FeatureChoice = z.infer<typeof features>;

/** `hide.id` of models whose defaults read little but ids: they cannot spare as many as one that reads content. */
export const HIDDEN_IDS = 0.3;

/** Width of the embedding of each event feature and of the age, in `din` and in what is compared with it. */
export const BEHAVIOUR_DIMENSION = 8;

/** Options of every baseline that embeds and has an MLP; the defaults are those of `din`. */
export const networkOptions = {
  dimension: z.int().positive().default(32).describe("width of every embedding"),
  mlp: z
    .strictObject({
      units: z.array(z.int().positive()).min(1).default([200, 80]).describe("hidden layers"),
      activation: attentionOptions.activation.default("dice"),
      dropout: z.number().min(0).lt(1).default(0.2).describe("dropout after each hidden layer"),
    })
    .prefault({}),
  initialStd: z.number().positive().default(0.001).describe("standard deviation of the initial embeddings"),
};

/** The options of a baseline that has none of its own. */
export const baselineOptions = z.strictObject({ ...textbookFeatures, ...networkOptions });
export type BaselineOptions = z.infer<typeof baselineOptions>;

import { z } from "zod";

/** Options about features that every neural model shares, so that features and network can be told apart. */
export const featureOptions = {
  modalities: z
    .union([z.enum(["all", "ids"]), z.array(z.string())])
    .default("all")
    .describe("modalities read: all, ids (the id and the categories), or a list of names"),
  statistics: z.boolean().default(true).describe("whether running statistics of user and item are read"),
  behaviour: z.boolean().default(true).describe("whether history steps carry event features"),
  age: z.boolean().default(true).describe("whether history steps carry the age of their event"),
  history: z
    .enum(["all", "positives"])
    .default("all")
    .describe("which events of the history are read: all, or those whose label is 1"),
};

export const attentionOptions = {
  activation: z.enum(["prelu", "dice", "relu", "sigmoid", "tanh"]).describe("activation of the hidden layers"),
  weights: z.enum(["linear", "tanh", "softmax"]).describe("how a unit's output becomes a weight"),
  pool: z
    .enum(["sum", "sqrt", "mean"])
    .describe("pooled sum, divided by nothing, the root of the history's length, or the length"),
};

import { z } from "zod";
import { add } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { HIDDEN_IDS, textbookFeatures } from "./baseline-options.js";
import { firstOrder } from "./first-order.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

const options = z.strictObject(textbookFeatures);
export type LrOptions = z.infer<typeof options>;

/**
 * Logistic regression: logit = w . x + b, one weight per id, category, number and statistic, and no product of any two.
 *
 * Shapes: x is what the options ask for, sparse; logits [B, 1]. A history counts by the mean of its steps' weights.
 *
 * Richardson et al., Predicting Clicks: Estimating the Click-Through Rate for New Ads (2007),
 * https://doi.org/10.1145/1242572.1242643. Adam stands for its L-BFGS, so that all models have one trainer; frozen vectors enter
 * linearly.
 */
export const lr: ModelDefinition<LrOptions> = {
  name: "lr",
  description: "logistic regression on ids, categories and numbers",
  options,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<LrOptions>): ModelOutput {
    const bias = builder.parameter("bias", [1], { initial: { kind: "constant", value: 0 } });
    return { logits: add(firstOrder(builder, context), bias) };
  },
};

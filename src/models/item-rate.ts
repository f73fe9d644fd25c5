import { z } from "zod";
import { gather } from "../graph/index.js";
import { candidateOf } from "../nn/row-columns.js";
import { countedTable } from "./counted-table.js";
import type { ModelDefinition, TrainingSlice } from "./model.js";

const options = z.strictObject({
  prior: z.number().positive().default(5).describe("number of rows, at the rate of all, that every item starts with"),
});
export type ItemRateOptions = z.infer<typeof options>;

/** Rates are kept this far from 0 and 1, whose logits are infinite. */
const LEAST = 1e-6;

/**
 * Smoothed label rate of the item: score = logit((positives_i + prior rate) / (rows_i + prior)), over the training rows of
 * item i, `rate` that of all training rows; calibration maps it to a logit. What is liked rather than what is popular: the
 * yardstick of a log that says what people did not want.
 *
 * Where labels are implicit the rows that are not positive are drawn negatives, so the rate is positives over positives and
 * times drawn: how much more often an item is chosen than it is drawn. An unknown item has the rate of all.
 */
export const itemRate: ModelDefinition<ItemRateOptions> = {
  name: "item-rate",
  description: "smoothed label rate of the item over training rows",
  options,
  forward(builder, { catalogue }) {
    const rates = countedTable(builder, catalogue, { name: "item.rate", dimension: 1 });
    const candidate = candidateOf(builder);
    return { logits: gather(rates, candidate) };
  },
  count({ catalogue, item, label }: TrainingSlice, { prior }): Record<string, Float32Array> {
    const size = catalogue.items.trained + 1;
    const rows = new Float64Array(size);
    const positives = new Float64Array(size);
    let liked = 0;
    for (let row = 0; row < item.length; row++) {
      liked += label[row]!;
      const index = item[row]!;
      if (index === 0 || index >= size) continue;
      rows[index]! += 1;
      positives[index]! += label[row]!;
    }
    const rate = liked / Math.max(1, item.length);
    return {
      "item.rate": Float32Array.from(rows, (count, index) => {
        const p = Math.min(1 - LEAST, Math.max(LEAST, (positives[index]! + prior * rate) / (count + prior)));
        return Math.log(p / (1 - p));
      }),
    };
  },
};

import { z } from "zod";
import { gather } from "../graph/index.js";
import { candidateOf } from "../nn/row-columns.js";
import { countedTable } from "./counted-table.js";
import type { ModelDefinition, TrainingSlice } from "./model.js";

const options = z.strictObject({});

/**
 * Popularity: score = log(1 + n_i), n_i the number of training events of the item;
 * calibration makes a logit of it, as of every counting model's score. The yardstick that every ranking model has to beat.
 */
export const popularity: ModelDefinition<z.infer<typeof options>> = {
  name: "popularity",
  description: "log(1 + training events of the item), scaled by Platt",
  options,
  forward(builder, { catalogue }) {
    const counts = countedTable(builder, catalogue, { name: "item.popularity", dimension: 1 });
    const candidate = candidateOf(builder);
    return { logits: gather(counts, candidate) };
  },
  count({ catalogue, item, label }: TrainingSlice): Record<string, Float32Array> {
    const counts = new Float32Array(catalogue.items.trained + 1);
    for (let row = 0; row < item.length; row++) {
      if (catalogue.label === "explicit" || label[row] === 1) counts[item[row]!]! += 1;
    }
    counts[0] = 0;
    return { "item.popularity": counts.map((count) => Math.log1p(count)) };
  },
};

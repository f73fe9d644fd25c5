import { z } from "zod";
import { add, gather, mul } from "../graph/index.js";
import type { ModelDefinition, TrainingSlice } from "./model.js";

const options = z.strictObject({});

/**
 * Popularity: logit = a log(1 + n_i) + b, n_i the number of training rows of the item (positives only where labels are
 * implicit); a and b are fitted on validation (Platt). The yardstick that every ranking model has to beat.
 */
export const popularity: ModelDefinition<z.infer<typeof options>> = {
  name: "popularity",
  description: "log(1 + training events of the item), scaled by Platt",
  options,
  forward(builder, { catalogue }) {
    const rows = catalogue.items.trained + 1;
    const initial = { kind: "constant", value: 0 } as const;
    const counts = builder.table(
      { rowsOf: "items" },
      { name: "item.popularity", rows, dimension: 1, letter: "U", initial, trainable: false },
    );
    const candidate = builder.batch({ from: "candidate" }, { shape: ["B"], dtype: "int32" });
    const scale = builder.parameter("scale", [1], { initial: { kind: "constant", value: 1 }, decay: false });
    const shift = builder.parameter("shift", [1], { initial: { kind: "constant", value: 0 }, decay: false });
    return { logits: add(mul(gather(counts, candidate), scale), shift) };
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

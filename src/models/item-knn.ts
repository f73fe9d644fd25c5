import { z } from "zod";
import type { Catalogue } from "../data/columns.js";
import { abs, add, gather, less, mul, reduceSum, sub, unsqueeze } from "../graph/index.js";
import { candidateOf, historyOf, maskOf } from "../nn/row-columns.js";
import { countedTable } from "./counted-table.js";
import { featureOptions } from "./feature-options.js";
import { itemNeighbours } from "./item-neighbours.js";
import type { ModelDefinition, TrainingSlice } from "./model.js";

const options = z.strictObject({
  history: featureOptions.history.default("positives"),
  neighbours: z.int().positive().default(100).describe("neighbours kept of every item"),
  shrink: z
    .number()
    .min(0)
    .default(10)
    .describe("added to the denominator of the cosine, so that rare pairs count less"),
});
export type ItemKnnOptions = z.infer<typeof options>;

/**
 * Item-based nearest neighbours: score(i) = sum over history steps j of sim(i, j), where j is one of the `neighbours` most similar
 * items of i; sim(i, j) = c_ij / (sqrt(n_i n_j) + shrink), n_i the people with a positive training event of i, c_ij those with
 * one of both (of each person the last 500 items). Calibration maps the score to a logit.
 *
 * An item is no neighbour of its own. An item that occurs in the history twice counts twice; an unknown one matches nothing, so
 * that an unknown candidate, and any candidate for an empty history, scores 0. The tables take 8 bytes per item and neighbour: 800 MB for a million items at 100 each.
 *
 * Three tables that are counted, not trained: the index of the item, the indices of its neighbours (float32 is exact below
 * 2^24), their similarities. In the graph the candidate's neighbours [B, K] meet the history's indices [B, T].
 *
 * Sarwar et al., Item-based collaborative filtering recommendation algorithms (2001), https://doi.org/10.1145/371920.372071;
 * Deshpande and Karypis, Item-based top-N recommendation algorithms (2004), https://doi.org/10.1145/963770.963776
 */
export const itemKnn: ModelDefinition<ItemKnnOptions> = {
  name: "item-knn",
  description: "item-based nearest neighbours: cosine of co-occurrence (Sarwar et al. 2001)",
  options,
  forward(builder, { catalogue, options }) {
    const width = keptOf(catalogue, options);
    const index = countedTable(builder, catalogue, { name: "item.index", dimension: 1 });
    const neighbours = countedTable(builder, catalogue, { name: "item.neighbours", dimension: width });
    const similarities = countedTable(builder, catalogue, { name: "item.similarities", dimension: width });
    const candidate = candidateOf(builder);
    const history = historyOf(builder);
    const real = unsqueeze(maskOf(builder), 2);
    // [B, T, 1]: the index of every step, -1 at padding; no neighbour has either -1 or 0, the index of the unknown item.
    const steps = add(mul(gather(index, history), real), sub(real, 1));
    const apart = abs(sub(steps, unsqueeze(gather(neighbours, candidate), 1))); // [B, T, K]
    const times = reduceSum(less(apart, 0.5), { axes: [1] }); // [B, K]: how often the history holds each neighbour
    const score = reduceSum(mul(times, gather(similarities, candidate)), { axes: [1], keepDims: true });
    return { logits: score };
  },
  count(slice: TrainingSlice, options): Record<string, Float32Array> {
    const { catalogue } = slice;
    const kept = keptOf(catalogue, options);
    const { neighbours, similarities } = itemNeighbours(slice, { kept, shrink: options.shrink });
    const index = Float32Array.from({ length: catalogue.items.trained + 1 }, (_, item) => item);
    return { "item.index": index, "item.neighbours": neighbours, "item.similarities": similarities };
  },
};

/** Neighbours kept of every item: no more than there are items. */
const keptOf = ({ items }: Catalogue, { neighbours }: ItemKnnOptions): number =>
  Math.max(1, Math.min(neighbours, items.trained - 1));

import { add, concat, gather, reduceSum, reshape, slice, type Tensor } from "../graph/index.js";
import { encodeBehaviour } from "../nn/behaviour.js";
import type { Builder } from "../nn/builder.js";
import { encodeItems } from "../nn/item-encoder.js";
import { linear } from "../nn/linear.js";
import { meanPool } from "../nn/mean-pool.js";
import { candidateOf, historyOf } from "../nn/row-columns.js";
import { encodeRowFeatures, statisticsOf } from "../nn/row-features.js";
import type { FeatureChoice } from "./baseline-options.js";
import { chooseModalities, type ForwardContext } from "./model.js";

/** How a modality counts: its first column as the candidate's, its second as one of a history. */
const CANDIDATE = { start: 0, end: 1 };
const HISTORY = { start: 1, end: 2 };

/**
 * First order: sum over the features of a row of weight times value, w . x.
 *
 * A weight per user, item id and category, one per number, statistic and entry of a frozen vector, one for what is missing. An
 * item has two: one as the candidate, one as a step of the history, where steps count by their mean (an empty history is 0,
 * exactly). Every weight starts at 0; there is no bias.
 *
 * Shapes: [B, 1].
 */
export function firstOrder(builder: Builder, { catalogue, options }: ForwardContext<FeatureChoice>): Tensor {
  return builder.layer("linear", () => {
    const weights = { kind: "constant", value: 0 } as const;
    const start = { prefix: "linear.", std: 0, weights };
    const modalities = chooseModalities(catalogue, options.modalities);
    const { joined } = encodeItems(builder, catalogue, { ...start, dimension: 2, modalities });
    const items = reduceSum(reshape(joined, ["copy", modalities.length, 2]), { axes: [1] }); // [U, 2]
    const candidate = candidateOf(builder);
    const history = historyOf(builder);
    const behaviour = encodeBehaviour(builder, catalogue, {
      ...start,
      dimension: 1,
      age: options.age,
      ...(!options.behaviour && { features: [] }),
    });
    const steps = gather(slice(items, HISTORY), history); // [B, T, 1]
    const known = behaviour ? add(steps, reduceSum(behaviour, { axes: [2], keepDims: true })) : steps;
    const parts = [gather(slice(items, CANDIDATE), candidate), meanPool(builder, known)];
    parts.push(...encodeRowFeatures(builder, catalogue, { ...start, dimension: 1 }));
    const statistics = options.statistics ? statisticsOf(builder, catalogue) : null;
    if (statistics) {
      parts.push(linear(builder, statistics, { name: "linear.statistics", units: 1, bias: false, initial: weights }));
    }
    return reduceSum(concat(parts), { axes: [1], keepDims: true });
  });
}

import { auc } from "../metrics/index.js";
import { similarity } from "./similarity.js";
import type { World } from "./simulate.js";

/** What can be reached on the test slice. Each is an AUC; null where the slice has clicks only, or none. */
export interface Yardsticks {
  /** The true click probability: no model can be expected to do better. */
  oracle: number | null;
  /** The best match over a person's interests: all interests and weights known, which one is active is not. */
  interestsKnown: number | null;
  /** The informed score: true similarities to the past, a fixed formula. */
  informed: number | null;
  /** How often an item was shown in the training slice. */
  popularity: number | null;
}

/** First row of the valid and of the test slice: the split of the world's dataset.yaml, .8 / .1 / .1 by time. */
export function sliceStarts(count: number): { valid: number; test: number } {
  return { valid: Math.floor(count * 0.8 + 1e-6), test: Math.floor(count * 0.9 + 1e-6) };
}

/** Computes the yardsticks on the last tenth of the exposures. */
export function yardsticksOf({ items, people, exposures, clicks, informed }: World): Yardsticks {
  const { valid, test } = sliceStarts(exposures.count);
  const labels = clicks.clicked.subarray(test);
  const shown = new Float64Array(items.count);
  for (const item of exposures.item.subarray(0, valid)) shown[item]! += 1;
  const item = exposures.item.subarray(test);
  const bestMatch = Float64Array.from(item, (candidate, row) => {
    const { interests } = people[exposures.user[test + row]!]!;
    return Math.max(
      ...interests.map(({ seedItem, weights }) => similarity(items, { a: seedItem, b: candidate, weights })),
    );
  });
  return {
    oracle: auc(clicks.probability.subarray(test), labels),
    interestsKnown: auc(bestMatch, labels),
    informed: auc(informed.subarray(test), labels),
    popularity: auc(
      Float64Array.from(item, (i) => shown[i]!),
      labels,
    ),
  };
}

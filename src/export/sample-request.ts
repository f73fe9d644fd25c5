import type { FeatureValue, RankRequest } from "../contract.js";
import { type Catalogue, type FeatureSchema, loadIds } from "../data/index.js";
import type { BundleInput } from "./bundle-feeds.js";
import { rawValue } from "./request-draws.js";

const STEPS = 3;
const CANDIDATES = 5;
const HOUR = 3600;

/** The request of a bundle's examples: three of the items with most events as history, liked but for the last, the next five to rank. */
export function sampleRequest(catalogue: Catalogue, inputs: readonly BundleInput[]): RankRequest {
  const { itemCounters, history, lastTime, eventFeatures, context } = catalogue;
  const ids = loadIds(catalogue, "items");
  const order = ids.map((_, item) => item).slice(1);
  order.sort((a, b) => itemCounters.count[b]! - itemCounters.count[a]! || a - b);
  const chosen = order.slice(0, STEPS + CANDIDATES).map((item) => ids[item] ?? "");
  const steps = chosen.slice(0, chosen.length > STEPS ? STEPS : 0);
  const [, user] = inputs.some(({ holds }) => holds === "user") ? loadIds(catalogue, "users") : [];
  const step = history.clock === "time" ? HOUR : 1;
  const valuesOf = (of: "historyFeature" | "contextFeature", schemas: readonly FeatureSchema[], last = true) => {
    const read = inputs.filter(({ holds }) => holds === of).map(({ feature }) => feature);
    const known = schemas.filter(({ name }) => read.includes(name));
    return Object.fromEntries(known.map((schema) => [schema.name, usualValue(schema, last)]));
  };
  const now = valuesOf("contextFeature", context);
  return {
    ...(user !== undefined && { user }),
    time: lastTime + step,
    ...(Object.keys(now).length > 0 && { context: now }),
    history: steps.map((item, i) => {
      const liked = i < steps.length - 1;
      const features = valuesOf("historyFeature", eventFeatures, liked);
      return {
        item,
        time: lastTime - step * (steps.length - 1 - i),
        label: liked ? 1 : 0,
        ...(Object.keys(features).length > 0 && { features }),
      };
    }),
    candidates: chosen.slice(steps.length),
  };
}

/** The mean of a number; the last of a category's values, or the first one. */
function usualValue(schema: FeatureSchema, last: boolean): FeatureValue {
  return schema.kind === "number" ? rawValue(schema.normaliser, 0) : (schema.vocabulary.at(last ? -1 : 0) ?? null);
}

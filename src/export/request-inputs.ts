import type { FeatureSchema } from "../data/columns.js";
import { MmdinError } from "../errors.js";
import type { BundleInput } from "./bundle-feeds.js";

/** The inputs that a model.onnx can have; which of them it has, its forward decides. Letters: B people, T history steps, N candidates. */
export const CANDIDATES: BundleInput = { name: "candidates", type: "int32", shape: ["B", "N"], holds: "candidates" };
export const HISTORY: BundleInput = { name: "history", type: "int32", shape: ["B", "T"], holds: "history" };
export const HISTORY_TIME: BundleInput = {
  name: "history_time",
  type: "float64",
  shape: ["B", "T"],
  holds: "historyTime",
};
export const TIME: BundleInput = { name: "time", type: "float64", shape: ["B"], holds: "time" };
export const USER: BundleInput = { name: "user", type: "int32", shape: ["B"], holds: "user" };
export const USER_COUNTERS = { name: "user_counters", type: "float64", holds: "userCounters" } as const;
export const ITEM_COUNTERS = { name: "item_counters", type: "float64", holds: "itemCounters" } as const;
export const HISTORY_FEATURE = { prefix: "history", holds: "historyFeature" } as const;
export const CONTEXT_FEATURE = { prefix: "context", holds: "contextFeature" } as const;

/** The name has a dot, as no input of ours has: features may be called what they like. */
export function featureInput(
  { prefix, holds }: typeof HISTORY_FEATURE | typeof CONTEXT_FEATURE,
  { name, kind }: FeatureSchema,
  shape: readonly string[],
): BundleInput {
  const type = kind === "category" ? "int32" : "float32";
  return { name: `${prefix}.${name}`, type, shape, holds, feature: name, kind };
}

export function findSchema(schemas: readonly FeatureSchema[], name: string): FeatureSchema {
  const schema = schemas.find((known) => known.name === name);
  if (schema === undefined) throw new MmdinError("MISMATCH", `the run has no feature ${name}`);
  return schema;
}

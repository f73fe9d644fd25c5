import { type Catalogue, loadIds } from "../data/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import type { BundleEncoding, BundleInput, BundleVocabulary } from "./bundle-feeds.js";
import { averagedBy } from "./statistic-nodes.js";

/** encoding.json: what `request.mjs` and `request.py` have to know to turn a request into `inputs`. */
export function bundleEncoding(
  { catalogue, model }: { catalogue: Catalogue; model: Pick<ConfiguredModel, "history"> },
  inputs: readonly BundleInput[],
): BundleEncoding {
  const { history, label, lastTime, statistics } = catalogue;
  return {
    format: "mmdin-encoding",
    version: 1,
    inputs,
    history: { ...history, read: model.history },
    label,
    lastTime,
    averaged: { user: averagedBy(statistics.user), item: averagedBy(statistics.item) },
  };
}

/** vocabulary.json: ids and values in the order of their numbers. Ids of people are left out where the model reads none. */
export function bundleVocabulary(catalogue: Catalogue, inputs: readonly BundleInput[]): BundleVocabulary {
  const values = (holds: BundleInput["holds"], schemas: Catalogue["context"]): Record<string, readonly string[]> =>
    Object.fromEntries(
      inputs.flatMap((input) => {
        const schema = schemas.find(({ name }) => input.holds === holds && name === input.feature);
        return schema?.kind === "category" ? [[schema.name, schema.vocabulary] as const] : [];
      }),
    );
  return {
    format: "mmdin-vocabulary",
    version: 1,
    items: loadIds(catalogue, "items"),
    users: inputs.some(({ holds }) => holds === "user") ? loadIds(catalogue, "users") : [],
    history: values("historyFeature", catalogue.eventFeatures),
    context: values("contextFeature", catalogue.context),
  };
}

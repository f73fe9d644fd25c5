import type { FeatureConfig } from "../config/dataset-config.js";
import type { FeatureColumn, FeatureSchema } from "./columns.js";
import { fitNormaliser } from "./features.js";
import type { RawEvents } from "./raw-columns.js";
import { sharedCodes, sharedFloat32 } from "./shared-array.js";
import { TRAIN } from "./split.js";
import type { Layout } from "./timelines.js";
import type { FittedFeatures } from "./users.js";
import { fitVocabulary } from "./vocabulary.js";

/** Columns of the named features in the order of the dataset, fitted on events of training. */
export function buildLogFeatures(
  raw: RawEvents,
  { features, slice, layout }: { features: Record<string, FeatureConfig>; slice: Uint8Array; layout: Layout },
): FittedFeatures {
  const schema: FeatureSchema[] = [];
  const columns: FeatureColumn[] = [];
  for (const name of Object.keys(features)) {
    const category = raw.categories.find((column) => column.name === name);
    const number = raw.numbers.find((column) => column.name === name);
    if (category) {
      const { vocabulary, codes } = fitVocabulary(category.ranks, { ...category, training: (e) => slice[e] === TRAIN });
      schema.push({ name, kind: "category", vocabulary });
      columns.push({ kind: "category", codes: layout.move(codes, sharedCodes(codes)) });
    } else if (number) {
      const { values } = number;
      schema.push({ name, kind: "number", normaliser: fitNormaliser(values.filter((_, e) => slice[e] === TRAIN)) });
      columns.push({ kind: "number", values: layout.move(values, sharedFloat32(raw.count)) });
    }
  }
  return { schema, columns };
}

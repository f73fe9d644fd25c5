import { type Catalogue, type FeatureSchema, FIRST_VALUE_CODE } from "../data/columns.js";
import { add, mul, sub, type Tensor } from "../graph/index.js";
import type { Builder } from "./builder.js";
import { linear } from "./linear.js";

/**
 * What is known of the person and of the moment: a row per user (where the dataset asks for it), user features, context
 * features. Each is [B, dimension]; an empty list where the dataset has none.
 */
export function encodeRowFeatures(
  builder: Builder,
  catalogue: Catalogue,
  { dimension, std }: { dimension: number; std: number },
): Tensor[] {
  const initial = { kind: "normal", std } as const;
  const parts: Tensor[] = [];
  if (catalogue.users.embed) {
    const rows = catalogue.users.trained + 1;
    parts.push(builder.table({ rowsOf: "user" }, { name: "user", rows, dimension, letter: "B", initial }));
  }
  const encode = (schema: FeatureSchema, of: "user" | "context"): Tensor => {
    const { name } = schema;
    if (schema.kind === "category") {
      const rows = schema.vocabulary.length + FIRST_VALUE_CODE;
      const rowsOf = of === "user" ? "userFeature" : "context";
      return builder.table({ rowsOf, feature: name }, { name: `${of}.${name}`, rows, dimension, letter: "B", initial });
    }
    const value = builder.batch({ from: "rowNumber", of, feature: name }, { shape: ["B", 1] });
    const present = builder.batch({ from: "rowPresent", of, feature: name }, { shape: ["B", 1] });
    const absent = builder.parameter(`${of}.${name}.absent`, [dimension], { initial, decay: false });
    const known = mul(present, linear(builder, value, { name: `${of}.${name}`, units: dimension }));
    return add(known, mul(sub(1, present), absent));
  };
  for (const schema of catalogue.userFeatures.schema) parts.push(encode(schema, "user"));
  for (const schema of catalogue.context) parts.push(encode(schema, "context"));
  return parts;
}

/** Running statistics of the user and the item, standardised: [B, S], or null where the dataset keeps none. */
export function statisticsOf(builder: Builder, catalogue: Catalogue): Tensor | null {
  const width = catalogue.statistics.user.length + catalogue.statistics.item.length;
  return width === 0 ? null : builder.batch({ from: "statistics" }, { shape: ["B", width] });
}

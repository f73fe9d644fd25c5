import { type Catalogue, type FeatureSchema, FIRST_VALUE_CODE } from "../data/columns.js";
import { add, mul, sub, type Tensor } from "../graph/index.js";
import type { Builder } from "./builder.js";
import type { Initial } from "./initial.js";
import { linear } from "./linear.js";

export interface RowFeatureOptions {
  dimension: number;
  /** Standard deviation of the initial embeddings. */
  std: number;
  /** How the weights of numbers start; default Glorot's uniform. */
  weights?: Initial;
  /** Put before every name, where a model encodes its rows a second time; default nothing. */
  prefix?: string;
}

/**
 * What is known of the person and of the moment: a row per user (where the dataset asks for it), user features, context
 * features. Each is [B, dimension]; an empty list where the dataset has none.
 */
export function encodeRowFeatures(builder: Builder, catalogue: Catalogue, options: RowFeatureOptions): Tensor[] {
  const { dimension, std, weights, prefix = "" } = options;
  const initial = { kind: "normal", std } as const;
  const parts: Tensor[] = [];
  const user = encodeUser(builder, catalogue, options);
  if (user !== null) parts.push(user);
  const encode = (schema: FeatureSchema, of: "user" | "context"): Tensor => {
    const { name } = schema;
    const at = `${prefix}${of}.${name}`;
    if (schema.kind === "category") {
      const rows = schema.vocabulary.length + FIRST_VALUE_CODE;
      const rowsOf = of === "user" ? "userFeature" : "context";
      return builder.table({ rowsOf, feature: name }, { name: at, rows, dimension, letter: "B", initial });
    }
    const value = builder.batch({ from: "rowNumber", of, feature: name }, { shape: ["B", 1] });
    const present = builder.batch({ from: "rowPresent", of, feature: name }, { shape: ["B", 1] });
    const absent = builder.parameter(`${at}.absent`, [dimension], { initial, decay: false });
    const known = mul(
      present,
      linear(builder, value, { name: at, units: dimension, ...(weights && { initial: weights }) }),
    );
    return add(known, mul(sub(1, present), absent));
  };
  for (const schema of catalogue.userFeatures.schema) parts.push(encode(schema, "user"));
  for (const schema of catalogue.context) parts.push(encode(schema, "context"));
  return parts;
}

/** The row of the person's own, [B, dimension], or null where the dataset does not ask for one. */
export function encodeUser(
  builder: Builder,
  { users }: Catalogue,
  { dimension, std, prefix = "" }: RowFeatureOptions,
): Tensor | null {
  if (!users.embed) return null;
  const initial = { kind: "normal", std } as const;
  const rows = users.trained + 1;
  return builder.table({ rowsOf: "user" }, { name: `${prefix}user`, rows, dimension, letter: "B", initial });
}

/** Running statistics of the user and the item, standardised: [B, S], or null where the dataset keeps none. */
export function statisticsOf(builder: Builder, catalogue: Catalogue): Tensor | null {
  const width = catalogue.statistics.user.length + catalogue.statistics.item.length;
  return width === 0 ? null : builder.batch({ from: "statistics" }, { shape: ["B", width] });
}

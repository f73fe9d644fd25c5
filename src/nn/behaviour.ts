import { AGE_BUCKETS } from "../data/batch-inputs.js";
import { type Catalogue, FIRST_VALUE_CODE } from "../data/columns.js";
import { add, concat, gather, mul, type Tensor, unsqueeze } from "../graph/index.js";
import type { Builder } from "./builder.js";
import type { Initial } from "./initial.js";
import { linear } from "./linear.js";

export interface BehaviourOptions {
  /** Width of the embedding of each feature and of the age. */
  dimension: number;
  /** Which event features a step carries; default all of the dataset. */
  features?: readonly string[];
  /** Whether a step carries the log-bucketed age of its event. */
  age: boolean;
  std: number;
  /** How the weights of numbers start; default Glorot's uniform. */
  weights?: Initial;
  /** Put before every name, where a model encodes its steps a second time; default nothing. */
  prefix?: string;
}

/**
 * What a history step knows beside its item: event features (rating, action ...) and the log-bucketed age of the event.
 *
 * Shapes: [B, T, sum of widths], or null where a step knows nothing. A missing feature is a learned vector.
 */
export function encodeBehaviour(
  builder: Builder,
  catalogue: Catalogue,
  { dimension, features, age, std, weights, prefix = "" }: BehaviourOptions,
): Tensor | null {
  const initial = { kind: "normal", std } as const;
  const parts: Tensor[] = [];
  for (const schema of catalogue.eventFeatures) {
    const { name } = schema;
    const at = `${prefix}step.${name}`;
    if (features !== undefined && !features.includes(name)) continue;
    if (schema.kind === "category") {
      const rows = builder.table(
        { rowsOf: "step", feature: name },
        {
          name: at,
          rows: schema.vocabulary.length + FIRST_VALUE_CODE,
          dimension,
          letter: `S_${name}`,
          initial,
        },
      );
      const places = builder.batch({ from: "stepPlaces", feature: name }, { shape: ["B", "T"], dtype: "int32" });
      parts.push(gather(rows, places));
    } else {
      const value = unsqueeze(builder.batch({ from: "stepNumber", feature: name }, { shape: ["B", "T"] }), 2);
      const present = unsqueeze(builder.batch({ from: "stepPresent", feature: name }, { shape: ["B", "T"] }), 2);
      const absent = builder.parameter(`${at}.absent`, [dimension], { initial, decay: false });
      const layer = { name: at, units: dimension, ...(weights && { initial: weights }) };
      const known = mul(present, linear(builder, value, layer));
      parts.push(add(known, mul(add(1, mul(present, -1)), absent)));
    }
  }
  if (age) {
    const table = builder.parameter(`${prefix}step.age`, [AGE_BUCKETS, dimension], { initial, decay: false });
    parts.push(gather(table, builder.batch({ from: "age" }, { shape: ["B", "T"], dtype: "int32" })));
  }
  return parts.length > 0 ? concat(parts) : null;
}

import type { FeatureValue } from "../contract.js";
import { MmdinError } from "../errors.js";
import { type FeatureColumn, type FeatureSchema, FIRST_VALUE_CODE } from "./columns.js";

/** The values of one event, by the names of their features, as a request gives them. */
export function valuesAt(
  schemas: readonly FeatureSchema[],
  columns: readonly FeatureColumn[],
  index: number,
): Record<string, FeatureValue> {
  return Object.fromEntries(schemas.map((schema, f) => [schema.name, valueAt(schema, columns[f]!, index)]));
}

/** The value behind a code; null where it is missing, and a text no vocabulary holds where it was unknown. */
export function valueAt(schema: FeatureSchema, column: FeatureColumn, index: number): string | number | null {
  if (schema.kind === "number" && column.kind === "number") {
    const value = column.values[index]!;
    return Number.isNaN(value) ? null : value;
  }
  if (schema.kind === "category" && column.kind === "category") {
    const code = column.codes[index]!;
    if (code === 0) return null;
    return schema.vocabulary[code - FIRST_VALUE_CODE] ?? "(unknown)";
  }
  throw new MmdinError("MISMATCH", `feature ${schema.name} is of another kind than its column`);
}

import { MmdinError } from "../errors.js";
import type { FeatureColumn, FeatureSchema } from "./columns.js";

/** Schema and column of a feature by its name. */
export function findFeature(
  schemas: readonly FeatureSchema[],
  columns: readonly FeatureColumn[],
  { of, name }: { of: string; name: string },
): { schema: FeatureSchema; column: FeatureColumn } {
  const at = schemas.findIndex((schema) => schema.name === name);
  const schema = schemas[at];
  const column = columns[at];
  if (schema !== undefined && column !== undefined) return { schema, column };
  throw new MmdinError("MISMATCH", `the dataset has no ${of} feature ${name}`, {
    expected: schemas.map((known) => known.name).join(", ") || "none",
  });
}

import type { DatasetConfig } from "../../config/dataset-config.js";
import { type Dataset, FIRST_VALUE_CODE, MISSING_CODE } from "../columns.js";

/** A column that statistics average. */
export interface LoggedValues {
  /** [events] NaN is missing. */
  values: Float64Array;
  /** How far a mean of the values can be from that of the log, 2^-23 max |value|: they are held in 32 bits. 0 where exact. */
  rounding: number;
}

/**
 * The column that `mean(column)` averages, by event. A prepared dataset holds it where an event feature or
 * a context feature reads the same column; null where none does.
 */
export function loggedValues(
  { dataset, config }: { dataset: Dataset; config: DatasetConfig },
  column: string,
): LoggedValues | null {
  const { catalogue, events } = dataset;
  const sources = [
    { features: config.events.features, schema: catalogue.eventFeatures, columns: events.features },
    { features: config.context?.features ?? {}, schema: catalogue.context, columns: events.context },
  ];
  for (const { features, schema, columns } of sources) {
    for (const [f, feature] of schema.entries()) {
      if (features[feature.name]?.from.trim() !== column) continue;
      const held = columns[f];
      if (held?.kind === "number") return { values: new Float64Array(held.values), rounding: roundingOf(held.values) };
      if (held?.kind !== "category" || feature.kind !== "category") continue;
      const byCode = feature.vocabulary.map(Number);
      if (byCode.some(Number.isNaN)) continue;
      const values = new Float64Array(events.count);
      for (let e = 0; e < events.count; e++) {
        const code = held.codes[e]!;
        values[e] = code === MISSING_CODE ? Number.NaN : (byCode[code - FIRST_VALUE_CODE] ?? Number.POSITIVE_INFINITY);
      }
      // A value that training does not have is not held.
      if (!values.includes(Number.POSITIVE_INFINITY)) return { values, rounding: 0 };
    }
  }
  return null;
}

/** Twice what rounding to 32 bits can change in the greatest of the values. */
function roundingOf(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return Number.isFinite(most) ? most * 2 ** -23 : 0;
}

import type { StatisticSchema } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";
import { UNKNOWN_SLICE } from "./training-slice.js";

/** The means that statistics are smoothed towards are those of all training events, dropped negatives included. */
export function checkPriorMeans(view: AuditView): Finding[] {
  const { statistics } = view.dataset.catalogue;
  return (["user", "item"] as const).flatMap((side) =>
    statistics[side].flatMap((schema) => {
      const range = rangeOf(view, schema);
      if (!range) return [];
      const { least, most, rounding } = range;
      const margin = 1e-5 * (1 + Math.abs(most)) + rounding;
      if (schema.priorMean >= least - margin && schema.priorMean <= most + margin) return [];
      const caught = new Caught();
      caught.count = view.dataset.rows.train.count;
      const sentence = `\`${schema.name}\` of the ${side} is smoothed towards ${schema.priorMean.toFixed(5)}, the training slice has ${least.toFixed(5)}: it was fitted on other events, too`;
      return [view.finding({ check: "prior-means", sentence, caught, fix: "Prepare the dataset again." })];
    }),
  );
}

/** What the mean can be: one number, or two where the slice of some events of label 0 is not known. */
function rangeOf(view: AuditView, schema: StatisticSchema): { least: number; most: number; rounding: number } | null {
  const { slice, dataset } = view;
  const { events } = dataset;
  if (schema.kind === "count") return { least: 0, most: 0, rounding: 0 };
  const averaged = view.averagedBy(schema);
  if (averaged === null) return null;
  const { values, rounding } = averaged;
  let sum = 0;
  let count = 0;
  let unknown = 0;
  for (let e = 0; e < events.count; e++) {
    if (slice[e] === UNKNOWN_SLICE) unknown++;
    const value = values ? values[e]! : events.label[e]!;
    if (slice[e] !== 0 || Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  if (schema.kind === "rate") return count > 0 ? { least: sum / (count + unknown), most: sum / count, rounding } : null;
  if (unknown > 0) {
    view.notChecked.push(`the prior mean of ${schema.name}: dropped negatives do not say which split they were of`);
    return null;
  }
  const mean = count > 0 ? sum / count : 0;
  return { least: mean, most: mean, rounding };
}

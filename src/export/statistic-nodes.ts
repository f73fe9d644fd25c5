import type { StatisticSchema } from "../data/columns.js";
import { RATE_MARGIN } from "../data/statistics.js";
import type { NodeWriter } from "./onnx-nodes.js";

/** The columns that statistics average, each once: their counters are number and sum. */
export const averagedBy = (schemas: readonly StatisticSchema[]): string[] => [
  ...new Set(schemas.flatMap(({ column }) => (column === undefined ? [] : [column]))),
];

/**
 * Statistics from counters, as `src/data/statistics.ts` computes them, in double precision: log(1 + count); logit of
 * (positives + prior m) / (count + prior), the rate kept 1e-6 from 0 and 1; (sum + prior m) / (count + prior) - m; each less its
 * mean over training rows, divided by their standard deviation.
 *
 * Shapes: counters float64 [..., C], C = [count, positives, number and sum of each averaged column] -> float32 [..., S].
 */
export function statisticNodes(
  write: NodeWriter,
  counters: string,
  { schemas, prior }: { schemas: readonly StatisticSchema[]; prior: number },
): string {
  const averaged = averagedBy(schemas);
  const column = (place: number): string => write.gather(counters, write.int32(place), -1);
  const values = schemas.map((schema) => {
    const mean = write.float64(schema.mean);
    const std = write.float64(schema.std);
    // Statistics are columns of float32 wherever they are read.
    const value = write.cast(write.cast(counted(schema), "float32"), "float64");
    const standard = write.node("Div", [write.node("Sub", [value, mean]), std]);
    return write.unsqueeze(write.cast(standard, "float32"), -1);
  });
  return values.length === 1 ? values[0]! : write.node("Concat", values, { attributes: { axis: -1 } });

  function counted({ kind, column: name, priorMean }: StatisticSchema): string {
    if (kind === "count") return write.node("Log", [write.node("Add", [column(0), write.float64(1)])]);
    const place = kind === "mean" ? 2 + 2 * averaged.indexOf(name ?? "") : 0;
    const [count, sum] = [column(place), column(place + 1)];
    const weight = write.node("Add", [count, write.float64(prior)]);
    const own = write.node("Div", [write.node("Add", [sum, write.float64(prior * priorMean)]), weight]);
    const some = write.node("Greater", [weight, write.float64(0)]);
    const smoothed = write.node("Where", [some, own, write.float64(priorMean)]);
    if (kind === "mean") return write.node("Sub", [smoothed, write.float64(priorMean)]);
    const least = write.node("Max", [smoothed, write.float64(RATE_MARGIN)]);
    const safe = write.node("Min", [least, write.float64(1 - RATE_MARGIN)]);
    return write.node("Log", [write.node("Div", [safe, write.node("Sub", [write.float64(1), safe])])]);
  }
}

import type { StatisticSchema } from "./columns.js";
import { TRAIN } from "./split.js";
import type { MeanColumn } from "./statistic-writer.js";
import { parseStatistic } from "./statistics.js";

/** Schemas of the named statistics; prior means are those of the events of training. Not standardised yet. */
export function statisticSchemas(
  names: readonly string[],
  { label, means, slice }: { label: Uint8Array; means: readonly MeanColumn[]; slice: Uint8Array },
): StatisticSchema[] {
  return names.map((name) => {
    const parsed = parseStatistic(name);
    const values =
      parsed.kind === "rate"
        ? label
        : parsed.kind === "mean"
          ? means.find((mean) => mean.name === parsed.column)?.values
          : undefined;
    return { ...parsed, priorMean: values ? trainingMean(values, slice) : 0, mean: 0, std: 1 };
  });
}

/** Fits (value - mean) / std on training rows, whose statistics lie side by side; `of[r]` is the place of row r, r itself where null. */
export function fitStandards(
  schemas: readonly StatisticSchema[],
  { values, rows, of }: { values: Float32Array; rows: number; of: Int32Array | null },
): StatisticSchema[] {
  const width = schemas.length;
  const sums = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const first = (of ? of[r]! : r) * width;
    for (let s = 0; s < width; s++) sums[s]! += values[first + s]!;
  }
  const means = sums.map((sum) => (rows ? sum / rows : 0));
  const squares = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const first = (of ? of[r]! : r) * width;
    for (let s = 0; s < width; s++) {
      const difference = values[first + s]! - means[s]!;
      squares[s]! += difference * difference;
    }
  }
  return schemas.map((schema, s) => {
    const std = rows ? Math.sqrt(squares[s]! / rows) : 0;
    return { ...schema, mean: means[s]!, std: std > 1e-6 ? std : 1 };
  });
}

/** Mean over the events of training that have a value. */
function trainingMean(values: Uint8Array | Float64Array, slice: Uint8Array): number {
  return values instanceof Uint8Array ? meanOfLabels(values, slice) : meanOfNumbers(values, slice);
}

function meanOfLabels(values: Uint8Array, slice: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let e = 0; e < values.length; e++) {
    if (slice[e] !== TRAIN) continue;
    sum += values[e]!;
    count++;
  }
  return count ? sum / count : 0;
}

function meanOfNumbers(values: Float64Array, slice: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let e = 0; e < values.length; e++) {
    if (slice[e] !== TRAIN || Number.isNaN(values[e])) continue;
    sum += values[e]!;
    count++;
  }
  return count ? sum / count : 0;
}

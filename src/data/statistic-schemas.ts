import type { StatisticSchema } from "./columns.js";
import type { MeanColumn } from "./statistic-writer.js";
import { parseStatistic } from "./statistics.js";

/** Schemas of the named statistics; prior means are those of the events of training. Not standardised yet. */
export function statisticSchemas(
  names: readonly string[],
  { label, means, training }: { label: Uint8Array; means: readonly MeanColumn[]; training: (event: number) => boolean },
): StatisticSchema[] {
  return names.map((name) => {
    const parsed = parseStatistic(name);
    const values =
      parsed.kind === "rate"
        ? label
        : parsed.kind === "mean"
          ? means.find((mean) => mean.name === parsed.column)?.values
          : undefined;
    return { ...parsed, priorMean: values ? meanOver(values, training) : 0, mean: 0, std: 1 };
  });
}

/** Fits (value - mean) / std on training rows, whose statistics lie side by side; `of[r]` is the place of row r, r itself where null. */
export function fitStandards(
  schemas: readonly StatisticSchema[],
  { values, rows, of }: { values: Float32Array; rows: number; of: Int32Array | null },
): StatisticSchema[] {
  const width = schemas.length;
  return schemas.map((schema, s) => {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += values[(of ? of[r]! : r) * width + s]!;
    const mean = rows ? sum / rows : 0;
    let squares = 0;
    for (let r = 0; r < rows; r++) {
      const difference = values[(of ? of[r]! : r) * width + s]! - mean;
      squares += difference * difference;
    }
    const std = rows ? Math.sqrt(squares / rows) : 0;
    return { ...schema, mean, std: std > 1e-6 ? std : 1 };
  });
}

function meanOver(values: ArrayLike<number>, chosen: (index: number) => boolean): number {
  let sum = 0;
  let count = 0;
  for (let e = 0; e < values.length; e++) {
    if (!chosen(e) || Number.isNaN(values[e])) continue;
    sum += values[e]!;
    count++;
  }
  return count ? sum / count : 0;
}

import type { RowColumns, StatisticSchema } from "./columns.js";
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

/** Fits (value - mean) / std on training rows; `cell` gives the place of a row's first statistic in `values`. */
export function fitStandards(
  schemas: readonly StatisticSchema[],
  { values, rows, cell }: { values: Float32Array; rows: RowColumns; cell: (row: number) => number },
): StatisticSchema[] {
  const width = schemas.length;
  const sums = new Float64Array(width);
  for (let r = 0; r < rows.count; r++) {
    const first = cell(r);
    for (let s = 0; s < width; s++) sums[s]! += values[first + s]!;
  }
  const means = sums.map((sum) => (rows.count ? sum / rows.count : 0));
  const squares = new Float64Array(width);
  for (let r = 0; r < rows.count; r++) {
    const first = cell(r);
    for (let s = 0; s < width; s++) {
      const difference = values[first + s]! - means[s]!;
      squares[s]! += difference * difference;
    }
  }
  return schemas.map((schema, s) => {
    const std = rows.count ? Math.sqrt(squares[s]! / rows.count) : 0;
    return { ...schema, mean: means[s]!, std: std > 1e-6 ? std : 1 };
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

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
  return schemas.map((schema, s) => {
    let sum = 0;
    for (let r = 0; r < rows.count; r++) sum += values[cell(r) + s]!;
    const mean = rows.count ? sum / rows.count : 0;
    let squares = 0;
    for (let r = 0; r < rows.count; r++) squares += (values[cell(r) + s]! - mean) ** 2;
    const std = rows.count ? Math.sqrt(squares / rows.count) : 0;
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

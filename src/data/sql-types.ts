/** What kind of value a DuckDB type holds, as far as the readers below care. */
export type SqlKind = "whole" | "number" | "boolean" | "text" | "moment" | "list" | "other";

export function kindOf(type: string): SqlKind {
  if (/\]$/.test(type)) return "list";
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return "whole";
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return "number";
  if (type === "BOOLEAN") return "boolean";
  if (/^(VARCHAR|UUID|ENUM|JSON)/.test(type)) return "text";
  return /^(TIMESTAMP|DATE)/.test(type) ? "moment" : "other";
}

/** An id as it is grouped and joined by: whole numbers stay numbers (fast), all else is text. */
export function idKey(sql: string, type: string): string {
  return kindOf(type) === "whole" || type === "VARCHAR" ? sql : `CAST(${sql} AS VARCHAR)`;
}

/** Seconds since 1970 (UTC), NaN where a value is there but cannot be read as a time. */
export function secondsSql(sql: string, type: string): string {
  const scaled = (x: string) => `CASE WHEN abs(${x}) >= 1e11 THEN ${x} / 1000.0 ELSE ${x} END`;
  switch (kindOf(type)) {
    case "whole":
    case "number":
      return scaled(`CAST(${sql} AS DOUBLE)`);
    case "moment":
      return `CAST(epoch(${type.startsWith("TIMESTAMP WITH") ? sql : `CAST(${sql} AS TIMESTAMP)`}) AS DOUBLE)`;
    case "text": {
      const parsed = `COALESCE(${scaled(`TRY_CAST(${sql} AS DOUBLE)`)}, epoch(TRY_CAST(${sql} AS TIMESTAMPTZ)))`;
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE COALESCE(CAST(${parsed} AS DOUBLE), 'NaN'::DOUBLE) END`;
    }
    default:
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE 'NaN'::DOUBLE END`;
  }
}

/** A number, NULL where missing; times become seconds. Text that is no number ends in DuckDB's conversion error. */
export function numberSql(sql: string, type: string): string {
  return kindOf(type) === "moment" ? secondsSql(sql, type) : `CAST(${sql} AS DOUBLE)`;
}

/** The text of a category value as JavaScript would write it: 4.0 is "4", true is "true"; NULL and "" are missing. */
export function categoryText(sql: string, type: string): string {
  if (kindOf(type) !== "number") return `nullif(CAST(${sql} AS VARCHAR), '')`;
  const whole = `CAST(CAST(${sql} AS BIGINT) AS VARCHAR)`;
  const value = `CAST(${sql} AS DOUBLE)`;
  return `CASE WHEN abs(${value}) < 1e15 AND ${value} = trunc(${value}) THEN ${whole} WHEN isnan(${value}) THEN NULL ELSE CAST(${value} AS VARCHAR) END`;
}

export const LABEL_MISSING = 2;
export const LABEL_INVALID = 3;

/** 0 or 1, LABEL_MISSING for NULL, LABEL_INVALID for anything else. */
export function labelSql(sql: string, type: string): string {
  const kind = kindOf(type);
  if (kind === "boolean") return `CAST(COALESCE(CAST(${sql} AS UTINYINT), ${LABEL_MISSING}) AS UTINYINT)`;
  const number =
    kind === "text"
      ? `COALESCE(TRY_CAST(${sql} AS DOUBLE), CAST(TRY_CAST(${sql} AS BOOLEAN) AS DOUBLE))`
      : kind === "whole" || kind === "number"
        ? `CAST(${sql} AS DOUBLE)`
        : "CAST(NULL AS DOUBLE)";
  return `CAST(CASE WHEN ${sql} IS NULL THEN ${LABEL_MISSING} WHEN ${number} = 0 THEN 0 WHEN ${number} = 1 THEN 1 ELSE ${LABEL_INVALID} END AS UTINYINT)`;
}

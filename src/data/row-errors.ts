import { MmdinError } from "../errors.js";
import type { Database } from "./database.js";
import type { Expression } from "./expression.js";
import type { Source } from "./source.js";
import { distil, plainMessage } from "./source-errors.js";

/** Where row `row` (from 1) of a source stands: file and line where a row is a line. */
export function placeOf({ label, firstLine }: Source, row: number): string {
  return firstLine === undefined ? `row ${row} of ${label}` : `${label}:${row + firstLine - 1}`;
}

/** The first row of the sources whose `value`, as x, fulfils a condition, and what `shown` is there. */
export async function findRow(
  database: Database,
  sources: readonly Source[],
  { value, condition, shown }: { value: string; condition: string; shown: string },
): Promise<{ place: string; value: string } | undefined> {
  for (const source of sources) {
    const numbered = `SELECT row_number() OVER () AS n, CAST(${shown} AS VARCHAR) AS v, ${value} AS x FROM ${source.view}`;
    const [found] = await database.rows(`SELECT n, v FROM (${numbered}) WHERE ${condition} ORDER BY n LIMIT 1`);
    if (found) return { place: placeOf(source, Number(found[0])), value: String(found[1]) };
  }
  return undefined;
}

const CANDIDATES = 200;

/**
 * Says which expression failed on which row, where DuckDB says neither: each is tried alone, then on the rows where it
 * has no value.
 */
export async function distilRow(
  database: Database,
  cause: unknown,
  { sources, checks }: { sources: readonly Source[]; checks: readonly { sql: string; expression: Expression }[] },
): Promise<MmdinError> {
  for (const source of sources) {
    for (const { sql, expression } of checks) {
      const failure = await failureOf(database, `SELECT count(${sql}) FROM ${source.view}`);
      if (failure === undefined) continue;
      const error = distil(failure, { at: expression.at, label: source.label });
      if (/CSV Error|Malformed JSON|OFFLINE/.test(`${String(failure)} ${error.code}`)) return error;
      const place = await failingRow(database, source, sql);
      if (place === undefined) return error;
      const problem = `\`${expression.sql}\` cannot be computed: ${plainMessage(failure)}`;
      return new MmdinError("DATA", problem, { where: place, fix: `It is named at ${expression.at}.`, cause: failure });
    }
  }
  const [source] = sources;
  return distil(cause, { at: source?.at ?? "", label: source?.label ?? "the events" });
}

async function failingRow(database: Database, source: Source, sql: string): Promise<string | undefined> {
  const numbered = `SELECT row_number() OVER () AS n, * FROM ${source.view}`;
  const empty = `SELECT n FROM (${numbered}) WHERE TRY(${sql}) IS NULL ORDER BY n LIMIT ${CANDIDATES}`;
  for (const [n] of await database.rows(empty)) {
    const alone = `SELECT count(${sql}) FROM (${numbered}) WHERE n = ${Number(n)}`;
    if ((await failureOf(database, alone)) !== undefined) return placeOf(source, Number(n));
  }
  return undefined;
}

async function failureOf(database: Database, sql: string): Promise<unknown> {
  try {
    await database.run(sql);
    return undefined;
  } catch (failure) {
    return failure;
  }
}

import { statSync } from "node:fs";
import { fileProblem, MmdinError } from "../errors.js";
import { type Database, identifier, quote } from "./database.js";
import type { Source } from "./source.js";
import { distil } from "./source-errors.js";
import { kindOf } from "./sql-types.js";

export interface RecordSource extends Source {
  /** Fields of the file that no column takes. */
  ignored: string[];
}

const FIX = "Items are JSON records: one object a line, or a list of objects.";

/**
 * Binds a file of JSON records to a view with the columns of another source: a field that a record lacks is null, whatever the
 * others hold; a list is a list, even an empty one; and no value is changed to fit: where a column held whole numbers and
 * a record has 3.5, the column is read as DOUBLE, and where it has text (or `ids` name it and it has anything but whole numbers), as text.
 * The case of a field's name does not matter, as in SQL.
 *
 * @param options.ids Expressions that are ids.
 * @param options.label How errors name the file.
 * @throws MmdinError DATA where the file is missing, is no JSON, holds no record, or a value cannot be its column's type.
 */
export async function openRecords(
  database: Database,
  path: string,
  {
    columns,
    view: name,
    at,
    ids,
    label,
  }: { columns: Source["columns"]; view: string; at: string; ids: readonly string[]; label: string },
): Promise<RecordSource> {
  checkFile(path, label);
  const view = identifier(name);
  const raw = identifier(`${name}_raw`);
  // A file's name is its name: what would be a pattern is taken literally.
  const file = quote(path.replace(/[[*?]/g, (mark) => `[${mark}]`));
  try {
    const fields = (await database.describe(`SELECT * FROM read_json(${file}, maximum_depth = 1)`)).map((f) => f.name);
    const fieldOf = new Map(fields.map((field) => [field.toLowerCase(), field]));
    const taken = columns.flatMap((column) => fieldOf.get(column.name.toLowerCase()) ?? []);
    const asJson = fields.map((field) => `${quote(field)}: 'JSON'`).join(", ");
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${raw} AS SELECT * FROM read_json(${file}, columns = {${asJson}})`,
    );
    const found = Number(await database.value(`SELECT count(*) FROM ${raw}`));
    if (found === 0 || taken.length === 0) {
      const got = found === 0 ? "none" : `records of ${fields.join(", ")}`;
      throw new MmdinError("DATA", "no items in this file", { where: label, expected: "records", got, fix: FIX });
    }
    const selected: string[] = [];
    for (const column of columns) {
      const field = fieldOf.get(column.name.toLowerCase());
      const isId = ids.some((sql) => sql.toLowerCase() === column.name.toLowerCase());
      const sql =
        field === undefined ? `NULL::${column.type}` : await lossless(database, { raw, field, ...column, isId, label });
      selected.push(`${sql} AS ${identifier(column.name)}`);
    }
    await database.run(`CREATE OR REPLACE TEMP VIEW ${view} AS SELECT ${selected.join(", ")} FROM ${raw}`);
    const ignored = fields.filter((field) => !taken.includes(field));
    return { view, label, columns, at, firstLine: 1, ignored };
  } catch (cause) {
    const error = distil(cause, { at, label });
    if (error.details.fix !== undefined) throw error;
    throw new MmdinError(error.code, error.problem, { ...error.details, fix: FIX, cause });
  }
}

function checkFile(path: string, label: string): void {
  let plain: boolean;
  try {
    plain = statSync(path).isFile();
  } catch (cause) {
    throw new MmdinError("DATA", `the items cannot be read: ${fileProblem(cause)}`, { where: label, fix: FIX, cause });
  }
  if (!plain) throw new MmdinError("DATA", "not a plain file", { where: label, fix: FIX });
}

/** An expression that reads a JSON field as a column's type where that keeps every value, else as a wider one. */
async function lossless(
  database: Database,
  { raw, field, type, isId, label }: { raw: string; field: string; type: string; isId: boolean; label: string },
): Promise<string> {
  const json = identifier(field);
  const text = `(${json} ->> '$')`;
  if (kindOf(type) === "list" || /^(STRUCT|MAP|UNION)/.test(type)) {
    const cast = `CAST(${json} AS ${type})`;
    const other = await database.rows(
      `SELECT ${text} FROM ${raw} WHERE ${text} IS NOT NULL AND TRY(${cast}) IS NULL LIMIT 1`,
    );
    if (other.length === 0) return cast;
    throw new MmdinError(
      "DATA",
      `the field ${JSON.stringify(field)} of a record has another shape than that of the table of items`,
      {
        where: label,
        expected: type,
        got: String(other[0]?.[0]),
        fix: FIX,
      },
    );
  }
  const kind = kindOf(type);
  if (kind === "text") return text;
  if (kind !== "whole" && kind !== "number") {
    const lost = `SELECT count(*) FROM ${raw} WHERE ${text} IS NOT NULL AND TRY_CAST(${text} AS ${type}) IS NULL`;
    return Number(await database.value(lost)) === 0 ? `CAST(${text} AS ${type})` : text;
  }
  const kinds = `SELECT DISTINCT json_type(${json}) FROM ${raw} WHERE ${json} IS NOT NULL`;
  const found = (await database.rows(kinds)).map(([value]) => String(value)).filter((value) => value !== "NULL");
  if (kind === "whole" && found.every((value) => /^U?BIGINT$/.test(value))) return `CAST(${text} AS ${type})`;
  const numbers = found.every((value) => /^(U?BIGINT|DOUBLE)$/.test(value));
  return numbers && !isId ? `CAST(${text} AS DOUBLE)` : text;
}

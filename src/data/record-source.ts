import { existsSync } from "node:fs";
import { MmdinError } from "../errors.js";
import { type Database, identifier, quote } from "./database.js";
import type { Source } from "./source.js";
import { distil } from "./source-errors.js";

export interface RecordSource extends Source {
  /** Fields of the file that no column takes. */
  ignored: string[];
}

/**
 * Binds a file of JSON records to a view with the columns of another source: a field that a record lacks is null, whatever
 * the others hold, and a list is a list, even an empty one.
 *
 * @throws MmdinError DATA where the file is missing, is no JSON, or a value is not of its column's type.
 */
export async function openRecords(
  database: Database,
  path: string,
  { columns, view: name, at }: { columns: Source["columns"]; view: string; at: string },
): Promise<RecordSource> {
  if (!existsSync(path)) throw new MmdinError("DATA", "no such file", { where: path, expected: "items as JSON lines" });
  const view = identifier(name);
  const label = path;
  try {
    const found = await database.describe(`SELECT * FROM read_json(${quote(path)}, maximum_depth = 1)`);
    const known = new Set(columns.map(({ name }) => name.toLowerCase()));
    const ignored = found.map(({ name }) => name).filter((name) => !known.has(name.toLowerCase()));
    const typed = columns.map(({ name, type }) => `${quote(name)}: ${quote(type)}`).join(", ");
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${view} AS SELECT * FROM read_json(${quote(path)}, columns = {${typed}})`,
    );
    return { view, label, columns, at, firstLine: 1, ignored };
  } catch (cause) {
    throw distil(cause, { at, label });
  }
}

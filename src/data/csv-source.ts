import { closeSync, openSync, readSync } from "node:fs";
import { type Database, identifier, quote } from "./database.js";

/**
 * The delimiter is taken from the header line and the dialect is fixed, so that a damaged row is an error rather than a
 * reason for DuckDB to try another dialect, or to skip lines.
 */
export function csvReader(path: string, list: string): string {
  const delimiter = isPlain(path) ? readHeader(path).mark : undefined;
  const dialect = delimiter
    ? `, delim = ${quote(delimiter)}, quote = '"', escape = '"', skip = 0, null_padding = false`
    : "";
  return `read_csv(${list}, header = true${dialect})`;
}

/**
 * Where DuckDB cannot make sense of a CSV at all, because of one row in its first ones, the rows are read as plain text:
 * that fails on the row, and says which it is.
 */
export async function csvCause(database: Database, cause: unknown, path: string): Promise<unknown> {
  if (!isPlain(path)) return cause;
  const { mark, names } = readHeader(path);
  const columns = names.map((name) => `${quote(name)}: 'VARCHAR'`).join(", ");
  const dialect = `auto_detect = false, header = true, delim = ${quote(mark)}, quote = '"', escape = '"'`;
  try {
    await database.run(`SELECT count(COLUMNS(*)) FROM read_csv(${quote(path)}, ${dialect}, columns = {${columns}})`);
    return cause;
  } catch (rowCause) {
    return rowCause;
  }
}

const SAMPLE = 20_480;

/**
 * Reads the id columns of a CSV as text where DuckDB would take them for something else than the text says: "007" is not
 * 7, and a number of 20 digits is no DOUBLE. Plain whole numbers stay numbers: they are faster and lose nothing.
 */
export async function keepIds(database: Database, from: string, ids: readonly string[]): Promise<string> {
  if (!from.startsWith("read_csv(")) return from;
  const texts: string[] = [];
  for (const { name, type } of await database.describe(`SELECT * FROM ${from}`)) {
    const isId = ids.some((sql) => sql.toLowerCase() === name.toLowerCase() || sql === identifier(name));
    if (!isId || type === "VARCHAR") continue;
    const asText = withTypes(from, [name]);
    const sample = `SELECT ${identifier(name)} AS id FROM ${asText} LIMIT ${SAMPLE}`;
    const changed = `SELECT count(*) FROM (${sample}) WHERE id IS NOT NULL AND id IS DISTINCT FROM CAST(TRY_CAST(id AS BIGINT) AS VARCHAR)`;
    if (type !== "BIGINT" || Number(await database.value(changed)) > 0) texts.push(name);
  }
  return texts.length > 0 ? withTypes(from, texts) : from;
}

function withTypes(from: string, texts: readonly string[]): string {
  const types = texts.map((name) => `${quote(name)}: 'VARCHAR'`).join(", ");
  return `${from.slice(0, -1)}, types = {${types}})`;
}

/** One local file that is not compressed: its first line can be looked at. */
function isPlain(path: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:\/\/|[*?[]|\.(gz|zst)$/i.test(path);
}

const HEAD = 65_536;

/** The delimiter and the column names of a CSV's first line. */
function readHeader(path: string): { mark: string; names: string[] } {
  const head = Buffer.alloc(HEAD);
  const file = openSync(path, "r");
  let text: string;
  try {
    text = head.toString("utf8", 0, readSync(file, head, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
  const line = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)[0] ?? "";
  const splits = [",", "\t", ";", "|"].map((mark) => {
    return { mark, names: line.match(new RegExp(`("([^"]|"")*"|[^${mark}])+`, "g")) ?? [] };
  });
  const { mark, names } = splits.reduce((best, next) => (next.names.length > best.names.length ? next : best));
  return { mark, names: names.map((name) => name.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"')) };
}

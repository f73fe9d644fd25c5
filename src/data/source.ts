import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { SourceConfig } from "../config/dataset-config.js";
import { nearest } from "../config/nearest.js";
import { MmdinError } from "../errors.js";
import { csvCause, csvReader, keepIds } from "./csv-source.js";
import { type Database, identifier, quote } from "./database.js";
import { distil } from "./source-errors.js";

/** A place that rows come from, bound to a view of the database. */
export interface Source {
  /** The view that holds its rows, quoted. */
  view: string;
  /** How errors name it. */
  label: string;
  columns: { name: string; type: string }[];
  /** Where the configuration names it: `file:line:col (key)`. */
  at: string;
  /** Line of the file that the first row stands on, where a row is a line. */
  firstLine?: number;
}

export interface SourceOptions {
  root: string;
  view: string;
  at: string;
  /** Expressions that are ids: a column of a CSV that one names is read as text where a number would change it. */
  ids: readonly string[];
}

const READERS: [RegExp, (path: string, list: string) => string][] = [
  [/\.(csv|tsv|txt)(\.gz|\.zst)?$/i, csvReader],
  [/\.(jsonl|ndjson|json)(\.gz|\.zst)?$/i, (_, list) => `read_json(${list})`],
  [/\.(parquet|pq)$/i, (_, list) => `read_parquet(${list})`],
];
const REMOTE = /^[a-z][a-z0-9+.-]+:\/\//i;
const PATTERN = /[*?[]/;

/**
 * Binds a source of dataset.yaml to a view.
 *
 * @throws MmdinError DATA where the file is missing or cannot be read, CONFIG where it is no source, OFFLINE where DuckDB
 * would have to download an extension.
 */
export async function openSource(database: Database, config: SourceConfig, options: SourceOptions): Promise<Source> {
  const { at, root, ids } = options;
  const view = identifier(options.view);
  const label = typeof config === "string" ? config : "the query";
  try {
    const from =
      typeof config === "string"
        ? await keepIds(database, fromClause(config, { root, at }), ids)
        : `(${config.sql.replace(/;\s*$/, "")}\n)`;
    // A field of which no record has a value, or of values of several kinds, is JSON to DuckDB: here it is text.
    const found = await database.describe(`SELECT * FROM ${from}`);
    const json = found.filter(({ type }) => type === "JSON").map(({ name }) => identifier(name));
    const texts = json.length > 0 ? ` REPLACE (${json.map((name) => `${name} ->> '$' AS ${name}`).join(", ")})` : "";
    const columns = found.map(({ name, type }) => ({ name, type: type === "JSON" ? "VARCHAR" : type }));
    await database.run(`CREATE OR REPLACE TEMP VIEW ${view} AS SELECT *${texts} FROM ${from}`);
    const line = typeof config === "string" && !PATTERN.test(config) ? firstLine(config) : undefined;
    return { view, label, columns, at, ...(line === undefined ? {} : { firstLine: line }) };
  } catch (cause) {
    const csv = typeof config === "string" && /sniffing file/.test(String(cause));
    throw distil(csv ? await csvCause(database, cause, resolve(root, config)) : cause, { at, label });
  }
}

function firstLine(path: string): number | undefined {
  if (/\.(csv|tsv|txt)/i.test(path)) return 2;
  return /\.(jsonl|ndjson)/i.test(path) ? 1 : undefined;
}

function fromClause(path: string, { root, at }: { root: string; at: string }): string {
  if (/^postgres(ql)?:\/\//i.test(path)) return postgresClause(path, at);
  const remote = REMOTE.test(path);
  const full = remote || isAbsolute(path) ? path : resolve(root, path);
  if (!remote && !PATTERN.test(path)) {
    if (!existsSync(full)) throw missingFile(path, full, at);
    if (statSync(full).size === 0) throw new MmdinError("DATA", `the file "${path}" is empty`, { where: at });
  }
  const reader = READERS.find(([pattern]) => pattern.test(path.replace(/[?#].*$/, remote ? "" : "$&")));
  if (!reader) {
    const expected = ".csv, .tsv, .jsonl, .ndjson, .json or .parquet";
    const fix = "Use a query where the format cannot be told by its name: { sql: \"SELECT * FROM read_csv('...')\" }.";
    throw new MmdinError("CONFIG", "the format of this source is not known", { where: at, expected, got: path, fix });
  }
  return reader[1](full, quote(full));
}

function missingFile(path: string, full: string, at: string): MmdinError {
  const folder = dirname(full);
  const near = existsSync(folder) ? nearest(basename(full), readdirSync(folder)) : undefined;
  const fix = near
    ? `Did you mean "${near}"?`
    : existsSync(folder)
      ? "Check the name, and `root` (or --root)."
      : `The folder ${folder} does not exist: check \`root\` (or --root).`;
  return new MmdinError("DATA", `no file "${path}" in ${folder}`, { where: at, fix });
}

/** postgres://user:password@host/database?table=schema.table */
function postgresClause(url: string, at: string): string {
  const parsed = new URL(url);
  const [table, schema = "public"] = (parsed.searchParams.get("table") ?? "").split(".").reverse();
  if (!table) {
    const expected = "postgres://user@host/database?table=schema.table";
    throw new MmdinError("CONFIG", "the table is not named", { where: at, expected });
  }
  parsed.searchParams.delete("table");
  return `postgres_scan(${quote(parsed.href)}, ${quote(schema)}, ${quote(table)})`;
}

import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { SourceConfig } from "../config/dataset-config.js";
import { nearest } from "../config/nearest.js";
import { MmdinError } from "../errors.js";
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
    const columns = await database.describe(`SELECT * FROM ${from}`);
    await database.run(`CREATE OR REPLACE TEMP VIEW ${view} AS SELECT * FROM ${from}`);
    const line = typeof config === "string" && !/[*?[]/.test(config) ? firstLine(config) : undefined;
    return { view, label, columns, at, ...(line === undefined ? {} : { firstLine: line }) };
  } catch (cause) {
    throw distil(cause, { at, label });
  }
}

/** Checks that an expression can be read from a source and returns its type. */
export async function typeOf(database: Database, source: Source, { sql, at }: Expression): Promise<string> {
  try {
    const [column] = await database.describe(`SELECT (${sql}\n) AS v FROM ${source.view}`);
    return column?.type ?? "";
  } catch (cause) {
    throw distil(cause, { at, label: source.label, columns: source.columns.map(({ name }) => name) });
  }
}

/** An SQL expression of the configuration and where it stands there. */
export interface Expression {
  sql: string;
  at: string;
}

/** An expression that a source can be asked: `sql` is in brackets, `expression` is as it was written. */
export interface BoundExpression extends Expression {
  type: string;
  expression: Expression;
}

const SAMPLE = 20_480;

/**
 * Reads the id columns of a CSV as text where DuckDB would take them for something else than the text says: "007" is not
 * 7, and a number of 20 digits is no DOUBLE. Plain whole numbers stay numbers: they are faster and lose nothing.
 */
async function keepIds(database: Database, from: string, ids: readonly string[]): Promise<string> {
  if (!from.startsWith("read_csv(")) return from;
  const texts: string[] = [];
  for (const { name, type } of await database.describe(`SELECT * FROM ${from}`)) {
    const isId = ids.some((sql) => sql.toLowerCase() === name.toLowerCase() || sql === identifier(name));
    if (!isId || type === "VARCHAR") continue;
    const asText = withTypes(from, [name]);
    const sample = `SELECT ${identifier(name)} AS id FROM ${asText} LIMIT ${SAMPLE}`;
    const changed = `SELECT count(*) FROM (${sample}) WHERE id <> CAST(TRY_CAST(id AS BIGINT) AS VARCHAR)`;
    if (type !== "BIGINT" || Number(await database.value(changed)) > 0) texts.push(name);
  }
  return texts.length > 0 ? withTypes(from, texts) : from;
}

function withTypes(from: string, texts: readonly string[]): string {
  const types = texts.map((name) => `${quote(name)}: 'VARCHAR'`).join(", ");
  return `${from.slice(0, -1)}, types = {${types}})`;
}

function firstLine(path: string): number | undefined {
  if (/\.(csv|tsv|txt)/i.test(path)) return 2;
  return /\.(jsonl|ndjson)/i.test(path) ? 1 : undefined;
}

function fromClause(path: string, { root, at }: { root: string; at: string }): string {
  if (/^postgres(ql)?:\/\//i.test(path)) return postgresClause(path, at);
  const remote = REMOTE.test(path);
  const full = remote || isAbsolute(path) ? path : resolve(root, path);
  if (!remote && !/[*?[]/.test(path) && !existsSync(full)) throw missingFile(path, full, at);
  const reader = READERS.find(([pattern]) => pattern.test(path.replace(/[?#].*$/, remote ? "" : "$&")));
  if (!reader) {
    const expected = ".csv, .tsv, .jsonl, .ndjson, .json or .parquet";
    const fix = "Use a query where the format cannot be told by its name: { sql: \"SELECT * FROM read_csv('...')\" }.";
    throw new MmdinError("CONFIG", "the format of this source is not known", { where: at, expected, got: path, fix });
  }
  return reader[1](full, quote(full));
}

/**
 * The delimiter is taken from the header line and the dialect is fixed, so that a damaged row is an error rather than a
 * reason for DuckDB to try another dialect, or to skip lines.
 */
function csvReader(path: string, list: string): string {
  const plain = !REMOTE.test(path) && !/\.(gz|zst)$/i.test(path) && !/[*?[]/.test(path);
  const delimiter = plain ? delimiterOf(path) : undefined;
  const dialect = delimiter
    ? `, delim = ${quote(delimiter)}, quote = '"', escape = '"', skip = 0, null_padding = false`
    : "";
  return `read_csv(${list}, header = true${dialect})`;
}

function delimiterOf(path: string): string | undefined {
  const head = Buffer.alloc(65_536);
  const file = openSync(path, "r");
  try {
    const size = readSync(file, head, 0, head.length, 0);
    const line = (head.toString("utf8", 0, size).split(/\r?\n|\r/)[0] ?? "").replace(/"[^"]*"/g, "");
    const counts = [",", "\t", ";", "|"].map((mark) => ({ mark, count: line.split(mark).length - 1 }));
    return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
  } finally {
    closeSync(file);
  }
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

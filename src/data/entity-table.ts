import { MmdinError } from "../errors.js";
import { type Database, identifier } from "./database.js";
import { type BoundExpression, bindExpression, type Expression } from "./expression.js";
import { distilRow } from "./row-errors.js";
import type { Source } from "./source.js";
import { categoryText, kindOf, numberSql } from "./sql-types.js";

/** A column of a table of items or users, as it is wanted. */
export interface EntityColumn extends Expression {
  name: string;
  kind: "category" | "number" | "vector" | "text" | "image";
  /** The category is a list. */
  multiple?: boolean;
}

/** A table of items or users in the database: `id` (text) and a column per wanted one. */
export interface EntityTable {
  /** The table's name, quoted. */
  table: string;
  source: Source;
  columns: (EntityColumn & BoundExpression & { column: string })[];
  /** Rows of the source that are not used, for they have no id. */
  withoutId: number;
}

/**
 * Reads a table of items or users from an open source.
 *
 * @throws MmdinError DATA for a missing column, a value that cannot be read, or ids that come more than once.
 */
export async function readEntityTable(
  database: Database,
  { source, id, name, columns }: { source: Source; id: Expression; name: string; columns: EntityColumn[] },
): Promise<EntityTable> {
  const boundId = await bindExpression(database, [source], id);
  const typed: EntityTable["columns"] = [];
  for (const [index, column] of columns.entries()) {
    const { sql, type } = await bindExpression(database, [source], column);
    checkShape(column, type);
    typed.push({ ...column, type, sql, expression: column, column: `f${index}` });
  }
  const table = identifier(`${name}_table`);
  const selected = [
    { sql: `CAST(${boundId.sql} AS VARCHAR)`, as: "id", expression: id },
    ...typed.map((column) => ({ sql: valueSql(column), as: column.column, expression: column.expression })),
  ];
  try {
    await database.run(
      `CREATE TEMP TABLE ${table} AS SELECT ${selected.map(({ sql, as }) => `${sql} AS ${as}`).join(", ")} FROM ${source.view}`,
    );
  } catch (cause) {
    throw await distilRow(database, cause, { sources: [source], checks: selected });
  }
  const withoutId = Number(await database.value(`SELECT count(*) FROM ${table} WHERE id IS NULL`));
  if (withoutId > 0) await database.run(`DELETE FROM ${table} WHERE id IS NULL`);
  await refuseTwice(database, table, { source, id });
  return { table, source, columns: typed, withoutId };
}

function valueSql({ sql, kind, type, multiple }: EntityColumn & { type: string }): string {
  if (kind === "number") return numberSql(sql, type);
  if (kind === "vector") return `CAST(${sql} AS DOUBLE[])`;
  if (kind === "text" || kind === "image") return `CAST(${sql} AS VARCHAR)`;
  return multiple || kindOf(type) !== "number" ? sql : categoryText(sql, type);
}

function checkShape({ name, kind, multiple, at }: EntityColumn, type: string): void {
  const list = kindOf(type) === "list";
  if (kind === "category" && multiple && !list) {
    const fix = "Make a list of it, such as string_split(column, '|'), or set `multiple: false`.";
    throw new MmdinError("DATA", `"${name}" is not a list`, {
      where: at,
      expected: "a list, as `multiple: true` says",
      got: type,
      fix,
    });
  }
  if (kind === "category" && !multiple && list) {
    throw new MmdinError("DATA", `"${name}" is a list`, {
      where: at,
      expected: "one value",
      got: type,
      fix: "Set `multiple: true`.",
    });
  }
  if (kind === "vector" && !list) {
    const fix = "Name files <from>.f32 or <from>.npy with <from>.ids.json beside them, or a list column.";
    throw new MmdinError("DATA", `"${name}" is neither files nor a list column`, {
      where: at,
      expected: "a list of numbers",
      got: type,
      fix,
    });
  }
}

async function refuseTwice(
  database: Database,
  table: string,
  { source, id }: { source: Source; id: Expression },
): Promise<void> {
  const twice = `SELECT id, count(*) AS n FROM ${table} GROUP BY id HAVING count(*) > 1`;
  const total = Number(await database.value(`SELECT count(*) FROM (${twice})`));
  if (total === 0) return;
  const rows = await database.rows(`${twice} ORDER BY id LIMIT 5`);
  const some = rows.map(([value, n]) => `${JSON.stringify(value)} (${n} times)`).join(", ");
  const more = total > rows.length ? ` and ${total - rows.length} more` : "";
  throw new MmdinError("DATA", `ids come more than once in ${source.label}: ${some}${more}`, {
    where: id.at,
    expected: "one row per id",
    fix: 'Keep one row of each, for instance with { sql: "SELECT DISTINCT ON (id) ..." }.',
  });
}

/** Values of a number column by entity rank, NaN where there is none. */
export async function readNumbers(
  database: Database,
  { table, column, ids, count }: { table: string; column: string; ids: string; count: number },
): Promise<Float32Array> {
  const from = `FROM ${table} AS e JOIN ${ids} AS d ON e.id = d.id WHERE e.${column} IS NOT NULL`;
  const rows = Number(await database.value(`SELECT count(*) ${from}`));
  const ranks = new Int32Array(rows);
  const numbers = new Float64Array(rows);
  await database.read(`SELECT d.rank, CAST(e.${column} AS DOUBLE) ${from}`, [ranks, numbers]);
  const values = new Float32Array(count).fill(Number.NaN);
  for (let k = 0; k < rows; k++) values[ranks[k]!] = numbers[k]!;
  return values;
}

/** Values of a text column by entity rank, null where there is none. */
export async function readTexts(
  database: Database,
  { table, column, ids, count }: { table: string; column: string; ids: string; count: number },
): Promise<(string | null)[]> {
  const from = `FROM ${table} AS e JOIN ${ids} AS d ON e.id = d.id WHERE e.${column} IS NOT NULL`;
  const ranks = new Int32Array(Number(await database.value(`SELECT count(*) ${from}`)));
  await database.read(`SELECT d.rank ${from} ORDER BY d.rank`, [ranks]);
  const found = await database.texts(`SELECT e.${column} ${from} ORDER BY d.rank`);
  const values = new Array<string | null>(count).fill(null);
  for (let k = 0; k < ranks.length; k++) values[ranks[k]!] = found[k]!;
  return values;
}

/** Pairs (entity rank, value rank) of a category column, sorted by both, each once; values in text order. */
export async function readCategories(
  database: Database,
  { table, column, ids, list, type }: { table: string; column: string; ids: string; list: boolean; type: string },
): Promise<{ entities: Int32Array; ranks: Int32Array; values: string[] }> {
  const value = list ? `unnest(e.${column})` : `e.${column}`;
  const element = type.replace(/\[\d*\]$/, "");
  const text = list ? categoryText("v", element) : "nullif(CAST(v AS VARCHAR), '')";
  const flat = `SELECT d.rank AS entity, ${value} AS v FROM ${table} AS e JOIN ${ids} AS d ON e.id = d.id`;
  await database.run(`CREATE OR REPLACE TEMP TABLE pairs AS
    SELECT DISTINCT entity, text FROM (SELECT entity, ${text} AS text FROM (${flat})) WHERE text IS NOT NULL`);
  const values = await database.texts("SELECT DISTINCT text FROM pairs ORDER BY text");
  const count = Number(await database.value("SELECT count(*) FROM pairs"));
  const entities = new Int32Array(count);
  const ranks = new Int32Array(count);
  const ranked = "SELECT entity, CAST(dense_rank() OVER (ORDER BY text) - 1 AS INTEGER) AS value FROM pairs";
  await database.read(`SELECT entity, value FROM (${ranked}) ORDER BY entity, value`, [entities, ranks]);
  await database.run("DROP TABLE pairs");
  return { entities, ranks, values };
}

/** Vectors of a list column, one per id that has one. */
export async function readListVectors(
  database: Database,
  { table, column, at, name }: { table: string; column: string; at: string; name: string },
): Promise<{ ids: string[]; dimension: number; values: Float32Array<ArrayBuffer> }> {
  const present = `FROM ${table} WHERE ${column} IS NOT NULL`;
  const lengths = await database.rows(
    `SELECT len(${column}) AS n, count(*), min(id) ${present} GROUP BY n ORDER BY 2 DESC`,
  );
  const [first, second] = lengths;
  if (!first) return { ids: [], dimension: 1, values: new Float32Array(0) };
  if (second) {
    const got = `${second[0]} for id ${JSON.stringify(second[2])}`;
    throw new MmdinError("DATA", `vectors of "${name}" differ in length`, {
      where: at,
      expected: `${first[0]} numbers each`,
      got,
    });
  }
  const dimension = Number(first[0]);
  if (dimension === 0) throw new MmdinError("DATA", `vectors of "${name}" are empty`, { where: at });
  const ids = await database.texts(`SELECT id ${present} ORDER BY id`);
  const cells = ids.length * dimension;
  const rows = new Int32Array(cells);
  const places = new Int32Array(cells);
  const numbers = new Float32Array(cells);
  const numbered = `SELECT CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS r, ${column} AS v ${present}`;
  await database.read(
    `SELECT r, CAST(generate_subscripts(v, 1) - 1 AS INTEGER), COALESCE(CAST(unnest(v) AS FLOAT), 'NaN'::FLOAT) FROM (${numbered})`,
    [rows, places, numbers],
  );
  const values = new Float32Array(cells);
  for (let k = 0; k < cells; k++) values[rows[k]! * dimension + places[k]!] = numbers[k]!;
  return { ids, dimension, values };
}

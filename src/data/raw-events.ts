import type { Database } from "./database.js";
import type { EventLog, LogColumn } from "./event-log.js";
import type { RawEvents } from "./raw-columns.js";
import { type EventsByTime, sortEvents } from "./sort-events.js";
import { categoryText } from "./sql-types.js";

/**
 * Gives ids and category values their ranks inside the database (tables user_ids and item_ids: id, rank) and reads the
 * events out, to be sorted here: typed arrays sort faster than the database does, which would copy the log for it. `byTime`: their numbers by time. `userTable` and `itemTable`: tables with a column `id` whose ids exist without an event, too.
 */
export async function readRawEvents(
  database: Database,
  log: EventLog,
  {
    userTable,
    itemTable,
    progress,
  }: { userTable?: string | undefined; itemTable?: string | undefined; progress?: (rows: number) => void },
): Promise<{ raw: RawEvents; byTime: EventsByTime }> {
  const users = await rankIds(database, { column: "u", ids: "user_ids", keys: "user_keys", extra: userTable });
  const items = await rankIds(database, { column: "i", ids: "item_ids", keys: "item_keys", extra: itemTable });
  const { count } = log;
  const raw: RawEvents = {
    count,
    users,
    items,
    user: new Int32Array(count),
    item: new Int32Array(count),
    time: new Float64Array(count),
    label: new Uint8Array(count),
    history: log.wholeHistory ? null : new Uint8Array(count),
    file: log.sources.length > 1 ? new Uint8Array(count) : null,
    categories: [],
    numbers: log.numbers.map(({ name }) => ({ name, values: new Float64Array(count) })),
    means: log.means.map(({ name }) => ({ name, values: new Float64Array(count) })),
  };
  for (const column of log.categories) {
    raw.categories.push({
      name: column.name,
      ranks: new Int32Array(count),
      values: await rankValues(database, column),
    });
  }
  const columns = [
    { sql: "user_keys.rank", target: raw.user },
    { sql: "item_keys.rank", target: raw.item },
    { sql: "t", target: raw.time },
    { sql: "label", target: raw.label },
    ...(raw.history ? [{ sql: "hist", target: raw.history }] : []),
    ...(raw.file ? [{ sql: "split", target: raw.file }] : []),
    ...log.categories.map(({ column }, c) => ({
      sql: `COALESCE(keys_${column}.rank, -1)`,
      target: raw.categories[c]!.ranks,
    })),
    ...log.numbers.map(({ column }, c) => ({ sql: orNaN(column), target: raw.numbers[c]!.values })),
    ...log.means.map(({ column }, c) => ({ sql: orNaN(column), target: raw.means[c]!.values })),
  ];
  const joins = log.categories.map(({ column }) => `LEFT JOIN keys_${column} ON log.${column} = keys_${column}.key`);
  // A table is joined by all threads, a stream of rows by one; and the ids as text need not lie beside what is read.
  await database.run(`CREATE TEMP TABLE ranked AS SELECT ${columns.map(({ sql }, c) => `${sql} AS x${c}`).join(", ")}
    FROM log JOIN user_keys ON log.u = user_keys.key JOIN item_keys ON log.i = item_keys.key ${joins.join(" ")}`);
  await database.run("DROP TABLE log");
  const targets = columns.map(({ target }) => target);
  await database.read("FROM ranked", targets, progress);
  await database.run("DROP TABLE ranked");
  return { raw, byTime: sortEvents(raw) };
}

function orNaN(column: string): string {
  return `COALESCE(${column}, 'NaN'::DOUBLE)`;
}

/** Ranks ids by their text; `keys` maps the log's own values (numbers stay numbers, which join faster) to ranks. */
async function rankIds(
  database: Database,
  { column, ids, keys, extra }: { column: string; ids: string; keys: string; extra: string | undefined },
): Promise<number> {
  await database.run(`CREATE TEMP TABLE distinct_ids AS SELECT DISTINCT ${column} AS key FROM log`);
  const all = `SELECT CAST(key AS VARCHAR) AS id FROM distinct_ids ${extra ? `UNION SELECT id FROM ${extra}` : ""}`;
  await database.run(
    `CREATE TEMP TABLE ${ids} AS SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS rank FROM (${all})`,
  );
  await database.run(
    `CREATE TEMP TABLE ${keys} AS SELECT key, rank FROM distinct_ids JOIN ${ids} ON id = CAST(key AS VARCHAR)`,
  );
  await database.run("DROP TABLE distinct_ids");
  return Number(await database.value(`SELECT count(*) FROM ${ids}`));
}

/** Ranks the values of a category column by their text, in table keys_<column>. */
async function rankValues(database: Database, { column, type }: LogColumn): Promise<string[]> {
  // Distinct first, in a table: else every value of the log is written as text.
  await database.run(`CREATE TEMP TABLE distinct_values AS SELECT DISTINCT ${column} AS key FROM log`);
  await database.run(`CREATE TEMP TABLE keys_${column} AS
    SELECT key, CAST(dense_rank() OVER (ORDER BY text) - 1 AS INTEGER) AS rank, text
    FROM (SELECT key, ${categoryText("key", type)} AS text FROM distinct_values) WHERE text IS NOT NULL`);
  await database.run("DROP TABLE distinct_values");
  return database.texts(`SELECT DISTINCT ON (rank) text FROM keys_${column} ORDER BY rank`);
}

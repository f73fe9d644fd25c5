import type { Database } from "./database.js";
import type { EventLog, LogColumn } from "./event-log.js";
import { categoryText } from "./sql-types.js";

/** A category column before its vocabulary is fitted: the rank of each event's value among `values`, or -1. */
export interface RawCategory {
  name: string;
  ranks: Int32Array;
  values: string[];
}

export interface RawNumber {
  name: string;
  values: Float64Array;
}

/**
 * The log as typed arrays, sorted by (user, time, item); users and items are ranks in the text order of their ids.
 * Events that are equal in all three are ordered by what else they hold, so that the order is always the same.
 */
export interface RawEvents {
  count: number;
  users: number;
  items: number;
  user: Int32Array;
  item: Int32Array;
  time: Float64Array;
  label: Uint8Array;
  /** 1 where the event makes history; null where all do. */
  history: Uint8Array | null;
  /** The file it came from: 0 train, 1 valid, 2 test; null where the split is not by file. */
  file: Uint8Array | null;
  categories: RawCategory[];
  numbers: RawNumber[];
  means: RawNumber[];
}

/**
 * Gives ids and category values their ranks inside the database (tables user_ids and item_ids: id, rank) and reads the
 * events out, sorted. `userTable` and `itemTable`: tables with a column `id` whose ids exist without an event, too.
 */
export async function readRawEvents(
  database: Database,
  log: EventLog,
  {
    userTable,
    itemTable,
    progress,
  }: { userTable?: string | undefined; itemTable?: string | undefined; progress?: (rows: number) => void },
): Promise<RawEvents> {
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
  await database.read(
    `SELECT ${columns.map(({ sql }) => sql).join(", ")}
    FROM log JOIN user_keys ON log.u = user_keys.key JOIN item_keys ON log.i = item_keys.key ${joins.join(" ")}
    ORDER BY 1, t, 2`,
    columns.map(({ target }) => target),
    progress,
  );
  await database.run("DROP TABLE log");
  settleTies(raw);
  return raw;
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
  await database.run(`CREATE TEMP TABLE keys_${column} AS
    SELECT key, CAST(dense_rank() OVER (ORDER BY text) - 1 AS INTEGER) AS rank, text
    FROM (SELECT key, ${categoryText("key", type)} AS text FROM (SELECT DISTINCT ${column} AS key FROM log)) WHERE text IS NOT NULL`);
  return database.texts(`SELECT DISTINCT ON (rank) text FROM keys_${column} ORDER BY rank`);
}

/** Orders events of the same user, time and item by their other values: the database gives them in any order. */
function settleTies(raw: RawEvents): void {
  const { count, user, item, time } = raw;
  const same = (a: number, b: number) => user[a] === user[b] && time[a] === time[b] && item[a] === item[b];
  const others = [
    raw.label,
    ...(raw.history ? [raw.history] : []),
    ...(raw.file ? [raw.file] : []),
    ...raw.categories.map(({ ranks }) => ranks),
    ...[...raw.numbers, ...raw.means].map(({ values }) => values),
  ];
  for (let start = 0; start + 1 < count; ) {
    let end = start + 1;
    while (end < count && same(start, end)) end++;
    if (end - start > 1) sortGroup(others, start, end);
    start = end;
  }
}

function sortGroup(columns: (Uint8Array | Int32Array | Float64Array)[], start: number, end: number): void {
  const rows = Array.from({ length: end - start }, (_, i) => columns.map((column) => column[start + i]!));
  rows.sort((a, b) => {
    for (let c = 0; c < a.length; c++) {
      const order = compare(a[c]!, b[c]!);
      if (order !== 0) return order;
    }
    return 0;
  });
  rows.forEach((row, i) => {
    row.forEach((value, c) => {
      columns[c]![start + i] = value;
    });
  });
}

/** Ascending, NaN last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

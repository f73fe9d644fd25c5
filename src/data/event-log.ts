import type { DatasetConfigFile, SourceConfig } from "../config/dataset-config.js";
import { MmdinError } from "../errors.js";
import type { Database } from "./database.js";
import { checkEvents } from "./event-checks.js";
import { type BoundExpression, bindExpression, type Expression } from "./expression.js";
import { distilRow } from "./row-errors.js";
import { openSource, type Source } from "./source.js";
import { idKey, kindOf, labelSql, numberSql, secondsSql } from "./sql-types.js";
import { parseStatistic } from "./statistics.js";

/** A column of the log, as it is read out later. */
export interface LogColumn {
  name: string;
  /** The name of the column in the log. */
  column: string;
  expression: Expression;
  /** SQL of the log's column. */
  sql: string;
  type: string;
}

/** The events of dataset.yaml in a temporary table `log`: u, i, t, label, and hist, split, c0.., n0.., m0.. where needed. */
export interface EventLog {
  sources: Source[];
  /** Events that are used, after dropped ones. */
  count: number;
  dropped: Record<string, number>;
  /** Every event makes history. */
  wholeHistory: boolean;
  categories: LogColumn[];
  numbers: LogColumn[];
  means: LogColumn[];
}

/** A feature of the log belongs to the history step (event) or to the row (context). */
export const LOG_GROUPS = ["events", "context"] as const;

/**
 * Reads the events into the database and checks them.
 *
 * @throws MmdinError DATA for a missing column, a row that cannot be read, a label that is not 0 or 1, a time that cannot
 * be read or lies in the future, or where no event is left.
 */
export async function readLog(database: Database, file: DatasetConfigFile): Promise<EventLog> {
  const { config, at } = file;
  const { events, history } = config;
  const sources = await openSources(database, file);
  const bind = (sql: string, key: string) => bindExpression(database, sources, { sql, at: at(key) });

  const user = await bind(events.user, "events.user");
  const item = await bind(events.item, "events.item");
  const time = await bind(
    events.time ?? events.order ?? "",
    events.time === undefined ? "events.order" : "events.time",
  );
  const label = events.label === "implicit" ? undefined : await bind(events.label, "events.label");
  const wholeHistory = /^\(*\s*true\s*\)*$/i.test(history.of);
  const of = wholeHistory ? undefined : await bind(history.of, "history.of");

  const categories: LogColumn[] = [];
  const numbers: LogColumn[] = [];
  for (const group of LOG_GROUPS) {
    const features = group === "events" ? events.features : (config.context?.features ?? {});
    for (const [name, { kind, from }] of Object.entries(features)) {
      const bound = await bind(from, `${group}.features.${name}.from`);
      if (kindOf(bound.type) === "list") throw listFeature(bound.at);
      const column = kind === "category" ? `c${categories.length}` : `n${numbers.length}`;
      const sql = kind === "category" ? bound.sql : numberSql(bound.sql, bound.type);
      (kind === "category" ? categories : numbers).push({ ...bound, name, column, sql });
    }
  }
  const means: LogColumn[] = [];
  for (const side of ["user", "item"] as const) {
    for (const [index, name] of config.statistics[side].entries()) {
      const { column: from } = parseStatistic(name);
      if (from === undefined || means.some((mean) => mean.name === from)) continue;
      const bound = await bind(from, `statistics.${side}.${index}`);
      means.push({ ...bound, name: from, column: `m${means.length}`, sql: numberSql(bound.sql, bound.type) });
    }
  }

  const sqlOf = {
    timeSql: events.time ? secondsSql(time.sql, time.type) : orderSql(time),
    labelSql: label ? labelSql(label.sql, label.type) : "CAST(1 AS UTINYINT)",
  };
  const columns: Selected[] = [
    { sql: idKey(user.sql, user.type), as: "u", expression: user.expression },
    { sql: idKey(item.sql, item.type), as: "i", expression: item.expression },
    { sql: sqlOf.timeSql, as: "t", expression: time.expression },
    { sql: sqlOf.labelSql, as: "label", expression: label?.expression },
    ...(of
      ? [
          {
            sql: `CAST(COALESCE(CAST(${of.sql} AS BOOLEAN), false) AS UTINYINT)`,
            as: "hist",
            expression: of.expression,
          },
        ]
      : []),
    ...[...categories, ...numbers, ...means].map(({ sql, column, expression }) => ({ sql, as: column, expression })),
  ];
  await createLog(database, sources, columns);
  const clock = events.time ? "time" : "order";
  const checked = await checkEvents(database, { file, sources, time, label, ...sqlOf, clock });
  return { sources, wholeHistory, categories, numbers, means, ...checked };
}

interface Selected {
  sql: string;
  as: string;
  expression: Expression | undefined;
}

async function openSources(database: Database, { config, root, at }: DatasetConfigFile): Promise<Source[]> {
  const { split, events } = config;
  const parts: [string, SourceConfig, string][] =
    split.by === "file"
      ? (["train", "valid", "test"] as const).map((name) => [`source_${name}`, split[name], `split.${name}`])
      : [["source_events", events.from ?? "", "events.from"]];
  const sources: Source[] = [];
  const ids = [events.user, events.item];
  for (const [view, source, key] of parts) {
    sources.push(await openSource(database, source, { root, view, at: at(key), ids }));
  }
  return sources;
}

async function createLog(database: Database, sources: Source[], columns: Selected[]): Promise<void> {
  const list = columns.map(({ sql, as }) => `${sql} AS ${as}`).join(", ");
  const selects = sources.map((source, index) => {
    const split = sources.length > 1 ? `, CAST(${index} AS UTINYINT) AS split` : "";
    return `SELECT ${list}${split} FROM ${source.view}`;
  });
  try {
    await database.run(`CREATE TEMP TABLE log AS ${selects.join(" UNION ALL ")}`);
  } catch (cause) {
    const checks = columns.flatMap(({ sql, expression }) => (expression ? [{ sql, expression }] : []));
    throw await distilRow(database, cause, { sources, checks });
  }
}

function orderSql({ sql, type }: BoundExpression): string {
  const number = kindOf(type) === "text" ? `TRY_CAST(${sql} AS DOUBLE)` : numberSql(sql, type);
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE COALESCE(${number}, 'NaN'::DOUBLE) END`;
}

function listFeature(where: string): MmdinError {
  const fix = "A feature of an event has one value: choose an element of the list.";
  return new MmdinError("DATA", "this feature is a list", { where, expected: "one value for each event", fix });
}

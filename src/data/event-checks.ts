import type { DatasetConfigFile } from "../config/dataset-config.js";
import { MmdinError } from "../errors.js";
import type { Database } from "./database.js";
import type { BoundExpression } from "./expression.js";
import { findRow } from "./row-errors.js";
import type { Source } from "./source.js";
import { LABEL_INVALID, LABEL_MISSING } from "./sql-types.js";

const DAY = 86_400;

export interface EventChecks {
  file: DatasetConfigFile;
  sources: Source[];
  time: BoundExpression;
  label: BoundExpression | undefined;
  /** SQL of the log's t and label columns, over the source. */
  timeSql: string;
  labelSql: string;
  clock: "time" | "order";
}

/** Refuses bad values with the row they stand on, and removes rows without user, item, time or label, counted. */
export async function checkEvents(
  database: Database,
  checks: EventChecks,
): Promise<{ count: number; dropped: Record<string, number> }> {
  const { sources, time, timeSql, label, labelSql, clock, file } = checks;
  const latest = Date.now() / 1000 + DAY;
  const spotless = await countSpotless(database, clock === "time" ? latest : Number.MAX_VALUE);
  if (spotless > 0) return { count: spotless, dropped: {} };
  const [row = []] = await database.rows(`SELECT count(*), count(*) FILTER (u IS NULL),
    count(*) FILTER (u IS NOT NULL AND i IS NULL), count(*) FILTER (u IS NOT NULL AND i IS NOT NULL AND t IS NULL),
    count(*) FILTER (u IS NOT NULL AND i IS NOT NULL AND t IS NOT NULL AND label = ${LABEL_MISSING}),
    count(*) FILTER (label = ${LABEL_INVALID}), count(*) FILTER (NOT isfinite(t)), count(*) FILTER (isfinite(t) AND t > ${latest})
    FROM log`);
  const [all = 0, noUser = 0, noItem = 0, noTime = 0, noLabel = 0, badLabel = 0, badTime = 0, future = 0] =
    row.map(Number);

  if (badLabel > 0 && label) {
    const found = await findRow(database, sources, {
      value: labelSql,
      condition: `x = ${LABEL_INVALID}`,
      shown: label.sql,
    });
    throw badValue("this label is neither 0 nor 1", found, {
      expected: "0 or 1, true or false",
      fix: `The label is \`${label.expression.sql}\` at ${label.at}${others(badLabel)}.`,
    });
  }
  if (badTime > 0) {
    const found = await findRow(database, sources, { value: timeSql, condition: "NOT isfinite(x)", shown: time.sql });
    const expected = clock === "time" ? "seconds or milliseconds since 1970, or an ISO time" : "a number";
    throw badValue(`this ${clock} cannot be read`, found, {
      expected,
      fix: `It is \`${time.expression.sql}\` at ${time.at}${others(badTime)}.`,
    });
  }
  if (clock === "time" && future > 0) {
    const condition = `isfinite(x) AND x > ${latest}`;
    const found = await findRow(database, sources, { value: timeSql, condition, shown: time.sql });
    const moment = await database.value("SELECT max(t) FROM log WHERE isfinite(t)");
    throw badValue("this time lies in the future", found, {
      expected: "at most a day from now",
      fix: `The latest is ${new Date(Math.min(Number(moment) * 1000, 8.64e15)).toISOString()}; numbers of 1e11 and more are read as milliseconds${others(future)}. See ${time.at}.`,
    });
  }

  const reasons = { "no user": noUser, "no item": noItem, [`no ${clock}`]: noTime, "no label": noLabel };
  const dropped = Object.fromEntries(Object.entries(reasons).filter(([, rows]) => rows > 0));
  if (Object.keys(dropped).length > 0) {
    await database.run(`DELETE FROM log WHERE u IS NULL OR i IS NULL OR t IS NULL OR label = ${LABEL_MISSING}`);
  }
  const count = all - noUser - noItem - noTime - noLabel;
  if (count === 0) {
    const got =
      all === 0
        ? "an empty source"
        : `${all} rows, all without ${Object.keys(dropped).join(", ").replaceAll("no ", "")}`;
    throw new MmdinError("DATA", "there are no events", { where: file.at("events"), got });
  }
  return { count, dropped };
}

/** The number of rows of a log in which every row is whole and readable, 0 of any other: one cheap look, which most logs pass. */
async function countSpotless(database: Database, latest: number): Promise<number> {
  const [row = []] = await database.rows(
    "SELECT count(*), count(u), count(i), count(t), min(t), max(t), max(label) FROM log",
  );
  const [all = 0, users = 0, items = 0, times = 0] = row.map(Number);
  const [least, most, label] = row.slice(4).map((value) => (value === null ? Number.NaN : Number(value)));
  const whole = users === all && items === all && times === all;
  // A time that is not a number counts as the greatest here, and no comparison with it holds there.
  const readable = least! >= -Number.MAX_VALUE && most! <= latest && label! < Math.min(LABEL_MISSING, LABEL_INVALID);
  return whole && readable ? all : 0;
}

function others(count: number): string {
  return count > 1 ? ` (${count} rows are like this)` : "";
}

function badValue(
  problem: string,
  found: { place: string; value: string } | undefined,
  { expected, fix }: { expected: string; fix: string },
): MmdinError {
  return new MmdinError("DATA", problem, { where: found?.place, expected, got: found?.value, fix });
}

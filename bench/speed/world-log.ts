import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Events of a person in a world of the default size (90,000 of 800). */
const EVENTS_OF_A_PERSON = 112.5;
/** Items for each person, as there (1,200 for 800). */
const ITEMS_OF_A_PERSON = 1.5;

export interface WorldLog {
  /** The path of its dataset.yaml. */
  config: string;
  users: number;
  items: number;
}

/**
 * Writes a log with the columns of a simulated world's (bench/speed/ knows no truth behind it): people of skewed activity, items of
 * skewed popularity, 3 clicks of 8, in order of time over two years; a catalogue with category, price and age, a tenth missing;
 * no texts and no pictures. The same sizes write the same events.
 *
 * @param options.users, options.items In proportion to the events by default, as many for each as in the world of the default size.
 * @param options.history Steps of a history that a model reads.
 */
export async function writeWorldLog(
  folder: string,
  {
    events,
    users = Math.ceil(events / EVENTS_OF_A_PERSON),
    items = Math.ceil(users * ITEMS_OF_A_PERSON),
    history = 50,
  }: { events: number; users?: number; items?: number; history?: number },
): Promise<WorldLog> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB" });
  const connection = await instance.connect();
  const into = (name: string) => `'${join(folder, name).replaceAll("'", "''")}'`;
  // A uniform number of event k; `salt` makes independent ones.
  const uniform = (salt: number) => `((hash(k * 8 + ${salt}) >> 11) / 9007199254740992.0)`;
  const id = (letter: string, index: string, count: number) =>
    `'${letter}' || lpad(CAST(${index} AS VARCHAR), ${String(count).length}, '0')`;
  const skewed = (count: number, power: number, salt: number) =>
    `CAST(floor(${count} * pow(${uniform(salt)}, ${power})) AS BIGINT)`;
  await connection.run(`COPY (
    SELECT ${id("u", skewed(users, 1.3, 0), users)} AS user, ${id("i", `(${skewed(items, 2, 1)} * 7919) % ${items}`, items)} AS item,
      CAST(1640995200 + k * (63072000 / ${events}.0) AS BIGINT) AS time, CAST(${uniform(2)} < 0.375 AS TINYINT) AS clicked
    FROM range(${events}) AS log(k)
  ) TO ${into("events.parquet")} (FORMAT parquet)`);
  await connection.run(`COPY (
    SELECT ${id("i", "k", items)} AS item, 'c' || lpad(CAST(k % 16 + 1 AS VARCHAR), 2, '0') AS category,
      CASE WHEN ${uniform(3)} < 0.1 THEN NULL ELSE round(exp(3 + ${uniform(4)}), 2) END AS price,
      CASE WHEN ${uniform(5)} < 0.1 THEN NULL ELSE round(90 * ${uniform(6)}, 1) END AS age
    FROM range(${items}) AS catalogue(k)
  ) TO ${into("items.parquet")} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  const config = join(folder, "dataset.yaml");
  writeFileSync(config, yaml(history));
  return { config, users, items };
}

/** As src/world writes it, texts and pictures left out. */
const yaml = (history: number): string => `name: world
root: .
events:
  from: events.parquet
  user: user
  item: item
  time: time
  label: clicked
  features:
    clicked: { kind: category, from: clicked }
items:
  from: items.parquet
  id: item
  modalities:
    category: { kind: category, from: category }
    price: { kind: number, from: price }
    age: { kind: number, from: age }
history: { length: ${history}, of: "true" }
statistics: { user: [count, rate], item: [count, rate], prior: 5 }
split: { by: time, train: 0.8, valid: 0.1, test: 0.1 }
`;

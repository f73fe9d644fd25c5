import type { DatasetConfigFile, SourceConfig } from "../config/dataset-config.js";
import type { Database } from "./database.js";
import { bindExpression } from "./expression.js";
import { openSource } from "./source.js";
import type { Indexing } from "./vocabulary.js";

/** Pairs of user and item indices, sorted by user. */
export interface Pairs {
  user: Int32Array;
  item: Int32Array;
}

/**
 * Reads which items are never drawn for which user: `negatives.exclude`, a source with the user and item columns of the
 * events. People and items that the dataset does not know are left out.
 */
export async function readExcluded(
  database: Database,
  { file, exclude, users, items }: { file: DatasetConfigFile; exclude: SourceConfig; users: Indexing; items: Indexing },
): Promise<Pairs> {
  const { config, root } = file;
  const at = file.at("negatives.exclude");
  const { user, item } = config.events;
  const source = await openSource(database, exclude, { root, view: "source_exclude", at, ids: [user, item] });
  const u = await bindExpression(database, [source], { sql: user, at });
  const i = await bindExpression(database, [source], { sql: item, at });
  await database.run(`CREATE TEMP TABLE excluded AS SELECT DISTINCT u.rank AS user_rank, i.rank AS item_rank
    FROM (SELECT CAST(${u.sql} AS VARCHAR) AS u, CAST(${i.sql} AS VARCHAR) AS i FROM ${source.view}) AS s
    JOIN user_ids AS u ON u.id = s.u JOIN item_ids AS i ON i.id = s.i`);
  const count = Number(await database.value("SELECT count(*) FROM excluded"));
  const ranks = { user: new Int32Array(count), item: new Int32Array(count) };
  await database.read("SELECT user_rank, item_rank FROM excluded", [ranks.user, ranks.item]);
  return sortByUser(
    ranks.user.map((rank) => users.indexOf[rank]!),
    ranks.item.map((rank) => items.indexOf[rank]!),
    users.count,
  );
}

function sortByUser(user: Int32Array, item: Int32Array, users: number): Pairs {
  const next = new Int32Array(users + 1);
  for (let k = 0; k < user.length; k++) next[user[k]! + 1]!++;
  for (let u = 0; u < users; u++) next[u + 1]! += next[u]!;
  const sorted = { user: new Int32Array(user.length), item: new Int32Array(user.length) };
  for (let k = 0; k < user.length; k++) {
    const to = next[user[k]!]!++;
    sorted.user[to] = user[k]!;
    sorted.item[to] = item[k]!;
  }
  return sorted;
}

import type { DatasetConfigFile } from "../config/dataset-config.js";
import type { FeatureColumn, FeatureSchema } from "./columns.js";
import type { Database } from "./database.js";
import { type EntityColumn, type EntityTable, readCategories, readEntityTable, readNumbers } from "./entity-table.js";
import { fitNormaliser } from "./features.js";
import { openSource } from "./source.js";
import { fitVocabulary, type Indexing } from "./vocabulary.js";

export interface FittedFeatures {
  schema: FeatureSchema[];
  columns: FeatureColumn[];
}

/** Reads the table of users, where one is named. */
export async function readUserTable(
  database: Database,
  { config, root, at }: DatasetConfigFile,
): Promise<EntityTable | undefined> {
  const { users } = config;
  if (users?.from === undefined || users.id === undefined) return undefined;
  const columns: EntityColumn[] = Object.entries(users.features).map(([name, { kind, from }]) => ({
    name,
    kind,
    sql: from,
    at: at(`users.features.${name}.from`),
  }));
  const id = { sql: users.id, at: at("users.id") };
  const place = { root, view: "source_users", at: at("users.from"), ids: [id.sql] };
  const source = await openSource(database, users.from, place);
  return readEntityTable(database, { source, id, name: "users", columns });
}

/** Features by user index, fitted on users with an event in training. */
export async function buildUserFeatures(
  database: Database,
  table: EntityTable | undefined,
  users: Indexing,
): Promise<FittedFeatures> {
  const schema: FeatureSchema[] = [];
  const columns: FeatureColumn[] = [];
  const { count, trained, indexOf } = users;
  for (const { name, kind, column, type } of table?.columns ?? []) {
    const from = { table: table?.table ?? "", column, ids: "user_ids", type };
    if (kind === "number") {
      const byRank = await readNumbers(database, { ...from, count: indexOf.length });
      const values = new Float32Array(count).fill(Number.NaN);
      for (let rank = 0; rank < byRank.length; rank++) values[indexOf[rank]!] = byRank[rank]!;
      schema.push({ name, kind: "number", normaliser: fitNormaliser(values.subarray(1, trained + 1)) });
      columns.push({ kind: "number", values });
    } else {
      const { entities, ranks, values } = await readCategories(database, { ...from, list: false });
      const byIndex = new Int32Array(count).fill(-1);
      for (let k = 0; k < ranks.length; k++) byIndex[indexOf[entities[k]!]!] = ranks[k]!;
      const training = (index: number) => index <= trained;
      const { vocabulary, codes } = fitVocabulary(byIndex, { values, training });
      schema.push({ name, kind: "category", vocabulary });
      columns.push({ kind: "category", codes });
    }
  }
  return { schema, columns };
}

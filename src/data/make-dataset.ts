import type { DatasetConfig, DatasetConfigFile } from "../config/dataset-config.js";
import { MmdinError } from "../errors.js";
import type { Catalogue, CounterColumns, Dataset, EventColumns } from "./columns.js";
import { SPLITS } from "./columns.js";
import type { Database } from "./database.js";
import type { EntityTable } from "./entity-table.js";
import { buildModalities, type ItemSources } from "./items.js";
import { buildLogFeatures } from "./log-features.js";
import { drawNegatives } from "./negatives.js";
import type { Progress } from "./prepare.js";
import type { RawEvents } from "./raw-events.js";
import { layOutRows } from "./rows.js";
import { itemStatisticsByOrder, itemStatisticsByTime, userStatistics } from "./running-statistics.js";
import { openSource, typeOf } from "./source.js";
import { splitEvents, TRAIN } from "./split.js";
import { fitStandards, statisticSchemas } from "./statistic-schemas.js";
import { timeOrder } from "./time-order.js";
import { buildTimelines, type Earlier, layOut } from "./timelines.js";
import { buildUserFeatures } from "./users.js";
import { type Indexing, indexByTraining } from "./vocabulary.js";

/** A dataset that is not written yet, and the ids of its items and users by index. */
export interface PreparedColumns extends Pick<Dataset, "catalogue" | "events" | "rows" | "ranking"> {
  itemIds: string[];
  userIds: string[];
}

export interface MakeInput {
  file: DatasetConfigFile;
  raw: RawEvents;
  itemSources: ItemSources;
  userTable: EntityTable | undefined;
  seed: number;
  progress: (progress: Progress) => void;
}

/** Makes the columns of a dataset from its events: split, vocabularies, timelines, statistics, negatives, rows. */
export async function makeDataset(database: Database, input: MakeInput): Promise<PreparedColumns> {
  const { file, raw, itemSources, userTable, seed } = input;
  const { config } = file;
  const step = stepper(input.progress);
  const clock = config.events.time === undefined ? "order" : "time";
  const earlier: Earlier = config.split.by === "leave-last" ? "order" : "time";

  const order = clock === "time" ? timeOrder(raw.time) : null;
  const split = splitEvents(raw, config.split, order);
  const users = indexByTraining(raw.user, split.slice, raw.users);
  const items = indexByTraining(raw.item, split.slice, raw.items);
  const [userIds, itemIds] = await Promise.all([
    idsByIndex(database, "user_ids", users),
    idsByIndex(database, "item_ids", items),
  ]);
  step();

  const layout = layOut(raw, users);
  const timelines = buildTimelines(raw, { layout, items, earlier });
  const slice = layout.move(split.slice, new Uint8Array(raw.count));
  const rowless = split.rowless && layout.move(split.rowless, new Uint8Array(raw.count));
  const means = raw.means.map(({ name, values }) => ({
    name,
    values: layout.move(values, new Float64Array(raw.count)),
  }));
  const logFeatures = (features: DatasetConfig["events"]["features"]) =>
    buildLogFeatures(raw, { features, slice: split.slice, layout });
  const eventFeatures = logFeatures(config.events.features);
  const context = logFeatures(config.context?.features ?? {});
  step();

  const training = (event: number) => slice[event] === TRAIN;
  const schemas = (names: string[]) => statisticSchemas(names, { label: timelines.label, means, training });
  const { prior } = config.statistics;
  const userSchemas = schemas(config.statistics.user);
  const itemSchemas = schemas(config.statistics.item);
  const events: EventColumns = {
    ...timelines,
    features: eventFeatures.columns,
    context: context.columns,
    userStatistics: userStatistics(timelines, { statistics: userSchemas, means, prior, earlier }),
  };
  step();

  const { rows, ranking } = layOutRows({
    events,
    slice,
    rowless,
    negatives: config.negatives?.perPositive ?? 0,
    width: config.ranking ? config.ranking.negatives + 1 : 0,
    statistics: itemSchemas.length,
  });
  for (const name of SPLITS) if (rows[name].count === 0) throw emptySplit(file, { name, events: raw.count });
  const tables = { rows: SPLITS.map((name) => rows[name]), ranking: Object.values(ranking) };
  if (config.negatives) {
    const exclude =
      config.negatives.exclude === undefined ? undefined : await readExcluded(database, { file, users, items });
    drawNegatives({
      events,
      ...tables,
      items: items.count,
      popularity:
        config.negatives.sampler === "popularity" ? popularity(events, { items: items.count, training }) : undefined,
      exclude,
      seed,
      userName: (user) => userIds[user] ?? "",
      where: file.at("negatives"),
    });
  }
  step();

  const input2 = { events, ...tables, items: items.count, statistics: itemSchemas, means, prior };
  const itemCounters: CounterColumns = order
    ? itemStatisticsByTime(
        input2,
        order.map((event) => layout.target[event]!),
      )
    : itemStatisticsByOrder(input2, training);
  step();

  const width = { user: userSchemas.length, item: itemSchemas.length };
  const { train } = rows;
  const catalogue: Catalogue = {
    directory: "",
    items: { count: items.count, trained: items.trained },
    users: { count: users.count, trained: users.trained, embed: config.users?.embed ?? false },
    modalities: await buildModalities(database, {
      sources: itemSources,
      indexing: items,
      names: Object.keys(config.items?.modalities ?? {}),
    }),
    userFeatures: await buildUserFeatures(database, userTable, users),
    eventFeatures: eventFeatures.schema,
    context: context.schema,
    statistics: {
      user: fitStandards(userSchemas, {
        values: events.userStatistics,
        rows: train,
        cell: (r) => train.event[r]! * width.user,
      }),
      item: fitStandards(itemSchemas, { values: train.itemStatistics, rows: train, cell: (r) => r * width.item }),
      prior,
    },
    itemCounters,
    history: { length: config.history.length, clock },
    label: config.events.label === "implicit" ? "implicit" : "explicit",
    lastTime: events.time.reduce((last, time) => Math.max(last, time), Number.NEGATIVE_INFINITY),
  };
  step();
  return { catalogue, events, rows, ranking, itemIds, userIds };
}

const STEPS = 6;

function stepper(progress: (progress: Progress) => void): () => void {
  let done = 0;
  return () => progress({ stage: "make", done: ++done, total: STEPS });
}

async function idsByIndex(database: Database, table: string, { count, indexOf }: Indexing): Promise<string[]> {
  const byRank = await database.texts(`SELECT id FROM ${table} ORDER BY rank`);
  const ids = new Array<string>(count).fill("");
  for (let rank = 0; rank < byRank.length; rank++) ids[indexOf[rank]!] = byRank[rank]!;
  return ids;
}

/** Pairs of users and items that are not drawn, sorted by user; people and items without an event are left out. */
async function readExcluded(
  database: Database,
  { file, users, items }: { file: DatasetConfigFile; users: Indexing; items: Indexing },
): Promise<{ user: Int32Array; item: Int32Array }> {
  const { config, root, at } = file;
  const { user: userSql, item: itemSql } = config.events;
  const where = at("negatives.exclude");
  const source = await openSource(database, config.negatives?.exclude ?? "", {
    root,
    view: "source_exclude",
    at: where,
  });
  for (const sql of [userSql, itemSql]) await typeOf(database, source, { sql, at: where });
  await database.run(`CREATE TEMP TABLE excluded AS SELECT DISTINCT u.rank AS user_rank, i.rank AS item_rank
    FROM (SELECT CAST((${userSql}\n) AS VARCHAR) AS u, CAST((${itemSql}\n) AS VARCHAR) AS i FROM ${source.view}) AS s
    JOIN user_ids AS u ON u.id = s.u JOIN item_ids AS i ON i.id = s.i`);
  const count = Number(await database.value("SELECT count(*) FROM excluded"));
  const pairs = { user: new Int32Array(count), item: new Int32Array(count) };
  await database.read("SELECT user_rank, item_rank FROM excluded", [pairs.user, pairs.item]);
  const byUser = new Int32Array(count)
    .map((_, k) => k)
    .sort((a, b) => users.indexOf[pairs.user[a]!]! - users.indexOf[pairs.user[b]!]!);
  return {
    user: byUser.map((k) => users.indexOf[pairs.user[k]!]!),
    item: byUser.map((k) => items.indexOf[pairs.item[k]!]!),
  };
}

/** Events of each item in training. */
function popularity(
  events: EventColumns,
  { items, training }: { items: number; training: (event: number) => boolean },
): Float64Array {
  const counts = new Float64Array(items);
  for (let e = 0; e < events.count; e++) if (training(e)) counts[events.item[e]!]! += 1;
  return counts;
}

function emptySplit({ config, at }: DatasetConfigFile, { name, events }: { name: string; events: number }): MmdinError {
  const fix =
    config.split.by === "leave-last"
      ? "Leave-last needs people with at least 5 events."
      : "Choose other parts or dates, or give more events.";
  return new MmdinError("DATA", `the ${name} split is empty`, {
    where: at("split"),
    expected: "at least one row",
    got: `0 of ${events} events`,
    fix,
  });
}

import type { DatasetConfig, DatasetConfigFile } from "../config/dataset-config.js";
import type { Progress } from "../contract.js";
import { MmdinError } from "../errors.js";
import { Candidates } from "./candidates.js";
import type { CatalogueParts } from "./catalogue-file.js";
import { type Catalogue, type CounterColumns, type Dataset, type EventColumns, SPLITS } from "./columns.js";
import type { Database } from "./database.js";
import type { EncodingOptions } from "./encoded-column.js";
import type { EntityTable } from "./entity-table.js";
import { readExcluded } from "./excluded.js";
import { gather } from "./gather.js";
import { itemStatisticsByOrder, itemStatisticsByTime } from "./item-statistics.js";
import { type BuiltItems, buildItems, type ItemSources, itemSourceOf } from "./items.js";
import { keepNegatives } from "./keep-negatives.js";
import { buildLogFeatures } from "./log-features.js";
import { type Draw, drawNegatives } from "./negatives.js";
import { type RawEvents, releaseColumns } from "./raw-columns.js";
import { layOutRows } from "./rows.js";
import { splitEvents, TRAIN } from "./split.js";
import { fitStandards, statisticSchemas } from "./statistic-schemas.js";
import type { MeanColumn } from "./statistic-writer.js";
import { buildTimelines, type Earlier, layOut, type Timelines } from "./timelines.js";
import { userStatistics } from "./user-statistics.js";
import { buildUserFeatures, type FittedFeatures } from "./users.js";
import { type Indexing, indexByTraining } from "./vocabulary.js";

/** A dataset that is not written yet, and what lies beside its catalogue. */
export interface PreparedColumns extends Pick<Dataset, "catalogue" | "events" | "rows" | "ranking">, CatalogueParts {
  /** What became of texts and images, by modality. */
  encodings: BuiltItems["encodings"];
  /** Rows of label 0 that `negatives.keep` left out. */
  negativesDropped: number;
  /** [items] logged events of each item in training. */
  trainingEvents: Uint32Array;
}

export interface MakeInput {
  file: DatasetConfigFile;
  /** Emptied once it is laid out: at millions of events it would be a good part of the memory. */
  raw: RawEvents;
  /** Its events by time, those of one time as they stand. */
  byTime: Int32Array;
  itemSources: ItemSources;
  userTable: EntityTable | undefined;
  encoding: EncodingOptions;
  seed: number;
  progress: Progress;
}

/** The log in the order of the dataset, with what its split says. */
interface Log {
  timelines: Timelines;
  eventFeatures: FittedFeatures;
  context: FittedFeatures;
  means: MeanColumn[];
  /** The slice of each event; 1 where it makes no row, null where all make one. */
  slice: Uint8Array;
  rowless: Uint8Array | null;
  /** Events by time, where there is a clock. */
  byTime: Int32Array | null;
  earlier: Earlier;
  users: Indexing;
  items: Indexing;
}

/** Makes the columns of a dataset from its events: split, vocabularies, timelines, statistics, negatives, rows. */
export async function makeDataset(database: Database, input: MakeInput): Promise<PreparedColumns> {
  const { file, itemSources, userTable, progress } = input;
  const { config } = file;
  const phase = (name: string) => progress({ phase: name, done: 0 });
  phase("splitting");
  const log = layOutLog(input);
  releaseColumns(input.raw);
  const { timelines, users, items } = log;
  const userIds = await idsByIndex(database, "user_ids", users);
  const itemIds = await idsByIndex(database, "item_ids", items);

  phase("running statistics");
  const { statistics, itemCounters, ...made } = await makeRows(database, { ...input, log, userIds });

  phase("items and users");
  const { modalities, ...builtItems } = await buildItems(database, {
    file,
    sources: itemSources,
    indexing: items,
    itemIds,
    encoding: input.encoding,
  });
  const catalogue: Catalogue = {
    directory: "",
    items: { count: items.count, trained: items.trained },
    users: { count: users.count, trained: users.trained, embed: config.users?.embed ?? false },
    modalities,
    itemSource: itemSourceOf(file, itemSources),
    userFeatures: await buildUserFeatures(database, userTable, users),
    eventFeatures: log.eventFeatures.schema,
    context: log.context.schema,
    statistics,
    itemCounters,
    history: { length: config.history.length, clock: clockOf(config) },
    label: config.events.label === "implicit" ? "implicit" : "explicit",
    negativesKept: config.negativesKept,
    lastTime: timelines.time.reduce((last, time) => Math.max(last, time), Number.NEGATIVE_INFINITY),
  };
  return { catalogue, ...made, itemIds, userIds, ...builtItems };
}

function clockOf({ events }: DatasetConfig): "time" | "order" {
  return events.time === undefined ? "order" : "time";
}

/** Splits the log, fits vocabularies on its training slice and lays it out as user timelines. */
function layOutLog({ file, raw, byTime }: MakeInput): Log {
  const { config } = file;
  const earlier: Earlier = config.split.by === "leave-last" ? "order" : "time";
  const rawByTime = clockOf(config) === "time" ? byTime : null;
  const { slice, rowless } = splitEvents(raw, config.split, rawByTime);
  const users = indexByTraining(raw.user, slice, raw.users);
  const items = indexByTraining(raw.item, slice, raw.items);
  const layout = layOut(raw, users);
  const moved = (flags: Uint8Array) => layout.move(flags, new Uint8Array(raw.count));
  return {
    timelines: buildTimelines(raw, { layout, items, earlier }),
    eventFeatures: buildLogFeatures(raw, { features: config.events.features, slice, layout }),
    context: buildLogFeatures(raw, { features: config.context?.features ?? {}, slice, layout }),
    means: raw.means.map(({ name, values }) => ({ name, values: layout.move(values, new Float64Array(raw.count)) })),
    slice: moved(slice),
    rowless: rowless && moved(rowless),
    byTime: rawByTime && gather(layout.target, rawByTime),
    earlier,
    users,
    items,
  };
}

interface RowsMade extends Pick<Dataset, "rows" | "ranking"> {
  events: EventColumns;
  statistics: Catalogue["statistics"];
  itemCounters: CounterColumns;
  negativesDropped: number;
  trainingEvents: Uint32Array;
}

/** Makes rows and candidate lists, draws negatives, and fills in the statistics of users and items. */
async function makeRows(database: Database, input: MakeInput & { log: Log; userIds: string[] }): Promise<RowsMade> {
  const { file, log, seed, userIds } = input;
  const { config } = file;
  const { timelines, means, slice, earlier, byTime, users, items } = log;
  const { rowless, dropped } = keepNegatives(log, { label: timelines.label, keep: config.negativesKept, seed });
  const training = (event: number) => slice[event] === TRAIN;
  const schemas = (names: string[]) => statisticSchemas(names, { label: timelines.label, means, training });
  const { prior } = config.statistics;
  const ofUser = schemas(config.statistics.user);
  const ofItem = schemas(config.statistics.item);
  const events: EventColumns = {
    ...timelines,
    features: log.eventFeatures.columns,
    context: log.context.columns,
    userStatistics: userStatistics(timelines, { statistics: ofUser, means, prior, earlier }),
  };
  const size = 1 + (config.negatives?.perPositive ?? 0);
  const width = config.ranking ? 1 + config.ranking.negatives : 0;
  const { rows, ranking } = layOutRows({ events, slice, rowless, size, width, statistics: ofItem.length });
  for (const name of SPLITS) if (rows[name].count === 0) throw emptySplit(file, { name, events: events.count });
  const trainingEvents = countByItem(events, { items: items.count, training });
  const weights = { popularity: trainingEvents, uniform: undefined };
  const tables = SPLITS.map((name) => rows[name]);
  const draws: Draw[] = [
    {
      table: new Candidates(tables, { size, perCandidate: true, events: events.count }),
      weights: weights[config.negatives?.sampler ?? "uniform"],
      where: file.at("negatives"),
    },
  ];
  if (config.ranking) {
    const lists = new Candidates(Object.values(ranking), { size: width, perCandidate: false, events: events.count });
    draws.push({ table: lists, weights: weights[config.ranking.kind], where: file.at("ranking") });
  }
  if (config.negatives) {
    const { exclude } = config.negatives;
    drawNegatives({
      events,
      draws,
      items: items.count,
      exclude: exclude === undefined ? undefined : await readExcluded(database, { file, exclude, users, items }),
      seed,
      userName: (user) => userIds[user] ?? "",
    });
  }
  const candidates = draws.map(({ table }) => table);
  const filling = { events, candidates, items: items.count, statistics: ofItem, means, prior };
  const itemCounters = byTime ? itemStatisticsByTime(filling, byTime) : itemStatisticsByOrder(filling, training);
  const { train } = rows;
  const statistics = {
    user: fitStandards(ofUser, { values: events.userStatistics, rows: train.count, of: train.event }),
    item: fitStandards(ofItem, { values: train.itemStatistics, rows: train.count, of: null }),
    prior,
  };
  return { rows, ranking, events, statistics, itemCounters, negativesDropped: dropped, trainingEvents };
}

async function idsByIndex(database: Database, table: string, { count, indexOf }: Indexing): Promise<string[]> {
  const byRank = await database.texts(`SELECT id FROM ${table} ORDER BY rank`);
  const ids = new Array<string>(count).fill("");
  for (let rank = 0; rank < byRank.length; rank++) ids[indexOf[rank]!] = byRank[rank]!;
  return ids;
}

/** Events of each item in training. */
function countByItem(
  events: EventColumns,
  { items, training }: { items: number; training: (event: number) => boolean },
): Uint32Array {
  const counts = new Uint32Array(items);
  for (let e = 0; e < events.count; e++) if (training(e)) counts[events.item[e]!]! += 1;
  return counts;
}

function emptySplit({ config, at }: DatasetConfigFile, { name, events }: { name: string; events: number }): MmdinError {
  const leaveLast = config.split.by === "leave-last";
  const fix = leaveLast
    ? "Leave-last needs people with at least 5 events."
    : "Choose other parts or dates, or give more events.";
  const got = `0 of ${events} events`;
  return new MmdinError("DATA", `the ${name} split is empty`, {
    where: at("split"),
    expected: "at least one row",
    got,
    fix,
  });
}

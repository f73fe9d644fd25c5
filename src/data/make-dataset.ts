import type { DatasetConfigFile } from "../config/dataset-config.js";
import type { Progress } from "../contract.js";
import type { CatalogueParts } from "./catalogue-file.js";
import type { Catalogue, Dataset } from "./columns.js";
import type { Database } from "./database.js";
import type { WrittenColumns } from "./dataset-file.js";
import type { EncodingOptions } from "./encoded-column.js";
import type { EntityTable } from "./entity-table.js";
import { type BuiltItems, buildItems, type ItemSources, itemSourceOf } from "./items.js";
import { clockOf, layOutLog } from "./lay-out-log.js";
import { makeRows } from "./make-rows.js";
import { type RawEvents, releaseColumns } from "./raw-columns.js";
import type { EventsByTime } from "./sort-events.js";
import { buildUserFeatures } from "./users.js";
import type { Indexing } from "./vocabulary.js";

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
  byTime: EventsByTime;
  itemSources: ItemSources;
  userTable: EntityTable | undefined;
  encoding: EncodingOptions;
  seed: number;
  progress: Progress;
  /** Called as soon as the columns of events and rows are complete, before items and users are read. */
  onColumns: (columns: WrittenColumns) => void;
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

  const { eventFeatures, context } = log;
  const schemas = { eventFeatures: eventFeatures.schema, context: context.schema, statistics };
  input.onColumns({ catalogue: schemas, ...made });

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
    ...schemas,
    itemCounters,
    history: { length: config.history.length, clock: clockOf(config) },
    label: config.events.label === "implicit" ? "implicit" : "explicit",
    negativesKept: config.negativesKept,
    lastTime: latest(timelines.time),
  };
  return { catalogue, ...made, itemIds, userIds, ...builtItems };
}

async function idsByIndex(database: Database, table: string, { count, indexOf }: Indexing): Promise<string[]> {
  const byRank = await database.texts(`SELECT id FROM ${table} ORDER BY rank`);
  const ids = new Array<string>(count).fill("");
  for (let rank = 0; rank < byRank.length; rank++) ids[indexOf[rank]!] = byRank[rank]!;
  return ids;
}

function latest(times: Float64Array): number {
  let last = Number.NEGATIVE_INFINITY;
  for (let e = 0; e < times.length; e++) if (times[e]! > last) last = times[e]!;
  return last;
}

import type { DatasetConfigFile } from "../config/dataset-config.js";
import { MmdinError } from "../errors.js";
import { Candidates } from "./candidates.js";
import {
  type Catalogue,
  type CounterColumns,
  type Dataset,
  type EventColumns,
  SPLITS,
  type StatisticSchema,
} from "./columns.js";
import type { Database } from "./database.js";
import { readExcluded } from "./excluded.js";
import { itemStatisticsByOrder, itemStatisticsByTime } from "./item-statistics.js";
import { keepNegatives } from "./keep-negatives.js";
import type { Log } from "./lay-out-log.js";
import { type Draw, drawNegatives } from "./negatives.js";
import { type OwnItemStatistics, ownItemStatistics } from "./own-item-statistics.js";
import { layOutRows } from "./rows.js";
import { TRAIN } from "./split.js";
import { fitStandards, statisticSchemas } from "./statistic-schemas.js";
import type { MeanColumn } from "./statistic-writer.js";
import { userStatistics } from "./user-statistics.js";

export interface MakeRowsInput {
  file: DatasetConfigFile;
  log: Log;
  userIds: string[];
  seed: number;
}

export interface RowsMade extends Pick<Dataset, "rows" | "ranking"> {
  events: EventColumns;
  statistics: Catalogue["statistics"];
  itemCounters: CounterColumns;
  negativesDropped: number;
  trainingEvents: Uint32Array;
}

/** Makes rows and candidate lists, draws negatives, and fills in the statistics of users and items. */
export async function makeRows(database: Database, input: MakeRowsInput): Promise<RowsMade> {
  const { file, log } = input;
  const { config } = file;
  const { timelines, means, slice, byTime, items } = log;
  const schemas = (names: string[]) => statisticSchemas(names, { label: timelines.label, means, slice });
  const { prior } = config.statistics;
  const ofItem = { items: items.count, statistics: schemas(config.statistics.item), means, prior };
  const ofUser = { statistics: schemas(config.statistics.user), means, prior };
  // Where every row is of its event's own item, its statistics wait for nothing else: they are counted meanwhile.
  const ownItemsOnly = !config.negatives && !config.ranking;
  const own = byTime && ownItemsOnly ? ownItemStatistics({ ...ofItem, events: timelines, byTime }) : undefined;
  try {
    const { rowless, dropped } = keepNegatives(log, {
      label: timelines.label,
      keep: config.negativesKept,
      seed: input.seed,
    });
    const events: EventColumns = {
      ...timelines,
      features: log.eventFeatures.columns,
      context: log.context.columns,
      userStatistics: userStatistics(timelines, { ...ofUser, earlier: log.earlier }),
    };
    const size = 1 + (config.negatives?.perPositive ?? 0);
    const width = config.ranking ? 1 + config.ranking.negatives : 0;
    const laidOut = layOutRows({ events, slice, rowless, size, width, statistics: ofItem.statistics.length });
    const { rows } = laidOut;
    for (const name of SPLITS) if (rows[name].count === 0) throw emptySplit(file, { name, events: events.count });
    const trainingEvents = countByItem(events, { items: items.count, slice });
    const userStandards = fitStandards(ofUser.statistics, {
      values: events.userStatistics,
      rows: rows.train.count,
      of: rows.train.event,
    });
    const itemCounters = own
      ? takeOwn(await own, rows)
      : await fillCandidates(database, { ...input, ...laidOut, events, size, width, trainingEvents, ofItem });
    const itemStandards = fitStandards(ofItem.statistics, {
      values: rows.train.itemStatistics,
      rows: rows.train.count,
      of: null,
    });
    const statistics = { user: userStandards, item: itemStandards, prior };
    return { ...laidOut, events, statistics, itemCounters, negativesDropped: dropped, trainingEvents };
  } finally {
    await Promise.allSettled([own]); // no thread of ours outlives the call
  }
}

/** Gives rows the statistics of their events. */
function takeOwn({ values, counters }: OwnItemStatistics, rows: RowsMade["rows"]): CounterColumns {
  for (const split of SPLITS) {
    const { event, itemStatistics } = rows[split];
    const width = event.length > 0 ? itemStatistics.length / event.length : 0;
    for (let r = 0; r < event.length; r++) {
      const [first, target] = [event[r]! * width, r * width];
      for (let s = 0; s < width; s++) itemStatistics[target + s] = values[first + s]!;
    }
  }
  return counters;
}

interface FillInput extends MakeRowsInput, Pick<RowsMade, "rows" | "ranking" | "events" | "trainingEvents"> {
  size: number;
  width: number;
  ofItem: { items: number; statistics: StatisticSchema[]; means: MeanColumn[]; prior: number };
}

/** Draws the negatives of rows and lists, and fills in the item statistics of all candidates. */
async function fillCandidates(database: Database, input: FillInput): Promise<CounterColumns> {
  const { file, log, rows, ranking, events, size, width, trainingEvents, ofItem, seed } = input;
  const { config } = file;
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
    const { users, items } = log;
    const { exclude } = config.negatives;
    drawNegatives({
      events,
      draws,
      items: items.count,
      exclude: exclude === undefined ? undefined : await readExcluded(database, { file, exclude, users, items }),
      seed,
      userName: (user) => input.userIds[user] ?? "",
    });
  }
  const filling = { ...ofItem, events, candidates: draws.map(({ table }) => table) };
  const training = (event: number) => log.slice[event] === TRAIN;
  return log.byTime ? itemStatisticsByTime(filling, log.byTime) : itemStatisticsByOrder(filling, training);
}

/** Events of each item in training. */
function countByItem(
  { count, item }: EventColumns,
  { items, slice }: { items: number; slice: Uint8Array },
): Uint32Array {
  const counts = new Uint32Array(items);
  for (let e = 0; e < count; e++) if (slice[e] === TRAIN) counts[item[e]!]! += 1;
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

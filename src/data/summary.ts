import { type Dataset, SPLITS, type Split } from "./columns.js";
import { type ModalityCoverage, modalityCoverage } from "./modality-coverage.js";

export interface SplitSummary {
  rows: number;
  positives: number;
  /** Share of positives; null without rows. */
  labelRate: number | null;
  users: number;
  items: number;
  /** Seconds since 1970, or positions; null without rows. */
  firstTime: number | null;
  lastTime: number | null;
  /** Share of rows whose item has no event in training; null without rows. */
  unknownItemShare: number | null;
}

export interface DatasetSummary {
  events: number;
  /** The unknown one not counted. */
  users: number;
  items: number;
  trainedUsers: number;
  trainedItems: number;
  clock: "time" | "order";
  splits: Record<Split, SplitSummary>;
  /** Fixed candidate lists, their number and width. */
  ranking: Partial<Record<Split, { lists: number; width: number }>>;
  modalities: Record<string, ModalityCoverage>;
  /** Rows of the sources that are not used, by reason. */
  dropped: Record<string, number>;
  /** Events that make no row of any split (leave-last: first events, and people with few; `negativesDropped`). */
  eventsWithoutRow: number;
  /** Rows of label 0 that `negatives.keep` left out of training and validation. */
  negativesDropped: number;
  /** Items with an event that the table of items does not hold. */
  itemsNotInTable: number;
}

type Described = Pick<Dataset, "catalogue" | "events" | "rows" | "ranking">;

/** Counts what a dataset holds. What was dropped, `itemsNotInTable` and the training events of items are known to prepare alone. */
export function summarise(
  dataset: Described,
  {
    dropped,
    negativesDropped,
    itemsNotInTable,
    trainingEvents,
  }: Pick<DatasetSummary, "dropped" | "negativesDropped" | "itemsNotInTable"> & { trainingEvents: Uint32Array },
): DatasetSummary {
  const { catalogue, events, rows, ranking } = dataset;
  const lists: DatasetSummary["ranking"] = {};
  for (const split of SPLITS) {
    const table = ranking[split];
    if (table) lists[split] = { lists: table.count, width: table.width };
  }
  const rowful = SPLITS.reduce((sum, split) => sum + distinctRuns(rows[split].event), 0);
  return {
    events: events.count,
    users: catalogue.users.count - 1,
    items: catalogue.items.count - 1,
    trainedUsers: catalogue.users.trained,
    trainedItems: catalogue.items.trained,
    clock: catalogue.history.clock,
    splits: {
      train: summariseSplit(dataset, "train"),
      valid: summariseSplit(dataset, "valid"),
      test: summariseSplit(dataset, "test"),
    },
    ranking: lists,
    modalities: modalityCoverage(dataset, { trainingEvents }),
    dropped,
    eventsWithoutRow: events.count - rowful,
    negativesDropped,
    itemsNotInTable,
  };
}

function summariseSplit({ catalogue, events, rows }: Described, split: Split): SplitSummary {
  const { count, event, item, label } = rows[split];
  const users = new Uint8Array(catalogue.users.count);
  const items = new Uint8Array(catalogue.items.count);
  const { userStart } = events;
  let user = 0; // rows stand in the order of their events
  let positives = 0;
  let unknown = 0;
  let firstTime = Number.POSITIVE_INFINITY;
  let lastTime = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < count; r++) {
    const e = event[r]!;
    const time = events.time[e]!;
    while (e >= userStart[user + 1]!) user++;
    users[user] = 1;
    items[item[r]!] = 1;
    positives += label[r]!;
    if (item[r]! > catalogue.items.trained) unknown++;
    if (time < firstTime) firstTime = time;
    if (time > lastTime) lastTime = time;
  }
  const some = count > 0;
  return {
    rows: count,
    positives,
    labelRate: some ? positives / count : null,
    users: sum(users),
    items: sum(items),
    firstTime: some ? firstTime : null,
    lastTime: some ? lastTime : null,
    unknownItemShare: some ? unknown / count : null,
  };
}

function distinctRuns(sorted: Int32Array): number {
  let runs = 0;
  for (let r = 0; r < sorted.length; r++) if (r === 0 || sorted[r] !== sorted[r - 1]) runs++;
  return runs;
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < flags.length; i++) total += flags[i]!;
  return total;
}

import { userOf } from "../../src/data/batch-layout.js";
import type { Catalogue, Dataset } from "../../src/data/index.js";
import { addEvent, emptyCounters, loadIds } from "../../src/data/index.js";
import type { HistoryIndices } from "../../src/serving/candidates/index.js";
import { type CandidateTables, countCandidateTables } from "../../src/training/candidate-tables.js";

/** What somebody wanted next, and what was known of them before. */
export interface Question {
  user: number;
  userId: string;
  time: number;
  target: number;
  history: HistoryIndices;
  /** Everything of theirs before. */
  seen: Set<number>;
}

/** Positive rows of the test split whose item the person has not had before, evenly over the rows of each person. */
export function questionsOf({ catalogue, events, rows }: Dataset, { perPerson }: { perPerson: number }): Question[] {
  const { test } = rows;
  const userIds = loadIds(catalogue, "users");
  const rowsOf = new Map<number, number[]>();
  test.label.forEach((label, row) => {
    if (label !== 1) return;
    const user = userOf(events, test.event[row]!);
    rowsOf.set(user, [...(rowsOf.get(user) ?? []), row]);
  });
  const questions: Question[] = [];
  for (const [user, own] of rowsOf) {
    const step = Math.max(1, own.length / perPerson);
    for (let at = 0; at < own.length; at += step) {
      const row = own[Math.floor(at)]!;
      const event = test.event[row]!;
      const [start, end] = [events.historyStart[user]!, events.historyEnd[event]!];
      const steps = Array.from({ length: end - start }, (_, k) => events.history?.[start + k] ?? start + k);
      const items = Int32Array.from(steps, (step) => events.item[step]!);
      const labels = steps.map((step): 0 | 1 => (events.label[step] === 1 ? 1 : 0));
      const target = test.item[row]!;
      const seen = new Set(items);
      if (seen.has(target)) continue;
      questions.push({
        user,
        userId: userIds[user]!,
        time: events.time[event]!,
        target,
        history: { items, labels },
        seen,
      });
    }
  }
  return questions;
}

/** What was known when the test split began. */
export interface Known {
  catalogue: Catalogue;
  tables: CandidateTables;
  /** Events of the log before, by their index. */
  before: number[];
  dataset: Dataset;
}

/** The counters and tables that a run would have if the log ended where the test split begins. */
export function asOfTest(dataset: Dataset): Known {
  const { catalogue, events, rows } = dataset;
  const begin = rows.test.event.reduce(
    (least, event) => Math.min(least, events.time[event]!),
    Number.POSITIVE_INFINITY,
  );
  const before = [...events.time.keys()].filter((event) => events.time[event]! < begin);
  const itemCounters = emptyCounters(catalogue.items.count, []);
  for (const event of before) addEvent(itemCounters, events.item[event]!, { label: events.label[event]! });
  const lastTime = before.reduce((most, event) => Math.max(most, events.time[event]!), Number.NEGATIVE_INFINITY);
  const earlier = { ...catalogue, itemCounters, lastTime };
  const log = {
    ...events,
    count: before.length,
    item: Int32Array.from(before, (event) => events.item[event]!),
    time: Float64Array.from(before, (event) => events.time[event]!),
    label: Uint8Array.from(before, (event) => events.label[event]!),
  };
  const { popularity } = countCandidateTables({ catalogue: earlier, events: log, rows: { ...rows, train: NO_ROWS } });
  const start = performance.now();
  const { coVisits } = countCandidateTables(dataset);
  console.log(
    `co-visits and popularity counted in ${((performance.now() - start) / 1000).toFixed(2)} s, ${coVisits.items.length} pairs kept`,
  );
  return { catalogue: earlier, tables: { coVisits, popularity }, before, dataset };
}

const NO_ROWS = {
  count: 0,
  event: new Int32Array(0),
  item: new Int32Array(0),
  label: new Uint8Array(0),
  itemStatistics: new Float32Array(0),
};

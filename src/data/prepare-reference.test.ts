import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { RandomStream } from "../random.js";
import { type Dataset, loadIds, SPLITS, type Split } from "./index.js";

/** The definitions once more, as slow and as plain as can be, over events as objects. */
interface LoggedEvent {
  user: string;
  item: string;
  time: number;
  label: number;
  rating: number;
}

interface Row {
  user: string;
  item: string;
  time: number;
  label: number;
  history: string[];
  userStatistics: number[];
  itemStatistics: number[];
}

interface Definition {
  split: "time" | "leave-last";
  clock: "time" | "order";
  of: (event: LoggedEvent) => boolean;
  prior: number;
}

const before = (a: LoggedEvent, b: LoggedEvent) => a.time - b.time || compare(a.item, b.item);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function referenceSplits(log: LoggedEvent[], { split }: Definition): Record<Split | "none", LoggedEvent[]> {
  const sorted = [...log].sort((a, b) => before(a, b) || compare(a.user, b.user));
  if (split === "time") {
    const [valid, test] = [Math.floor(log.length * 0.8), Math.floor(log.length * 0.9)];
    return { train: sorted.slice(0, valid), valid: sorted.slice(valid, test), test: sorted.slice(test), none: [] };
  }
  const parts: Record<Split | "none", LoggedEvent[]> = { train: [], valid: [], test: [], none: [] };
  for (const user of new Set(log.map((event) => event.user))) {
    const own = sorted.filter((event) => event.user === user);
    if (own.length < 5) parts.none.push(...own);
    else {
      parts.none.push(own[0]!);
      parts.train.push(...own.slice(1, -2));
      parts.valid.push(own.at(-2)!);
      parts.test.push(own.at(-1)!);
    }
  }
  return parts;
}

function statistics(events: LoggedEvent[], { prior, training }: { prior: number; training: LoggedEvent[] }): number[] {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const rate = mean(training.map((event) => event.label));
  const rating = mean(training.map((event) => event.rating));
  const smoothed = (values: number[], towards: number) =>
    (values.reduce((sum, value) => sum + value, 0) + prior * towards) / (values.length + prior);
  const p = smoothed(
    events.map((event) => event.label),
    rate,
  );
  return [
    Math.log(1 + events.length),
    Math.log(p / (1 - p)),
    smoothed(
      events.map((event) => event.rating),
      rating,
    ) - rating,
  ];
}

function reference(log: LoggedEvent[], definition: Definition): Record<Split, Row[]> {
  const splits = referenceSplits(log, definition);
  const training = [...splits.train, ...splits.none];
  const own = (event: LoggedEvent) => log.filter((other) => other.user === event.user).sort(before);
  const earlier = (event: LoggedEvent) =>
    definition.split === "leave-last"
      ? own(event).slice(0, own(event).indexOf(event))
      : own(event).filter((other) => other.time < event.time);
  const ofItem = (event: LoggedEvent) =>
    definition.clock === "time"
      ? log.filter((other) => other.item === event.item && other.time < event.time)
      : training.filter((other) => other.item === event.item && other !== event);
  const row = (event: LoggedEvent): Row => ({
    user: event.user,
    item: event.item,
    time: event.time,
    label: event.label,
    history: earlier(event)
      .filter(definition.of)
      .map((other) => `${other.item}@${other.time}`),
    userStatistics: statistics(earlier(event), { ...definition, training }),
    itemStatistics: statistics(ofItem(event), { ...definition, training }),
  });
  return { train: splits.train.map(row), valid: splits.valid.map(row), test: splits.test.map(row) };
}

function decode(dataset: Dataset): Record<Split, Row[]> {
  const { catalogue, events, rows } = dataset;
  const [users, items] = [loadIds(catalogue, "users"), loadIds(catalogue, "items")];
  const width = catalogue.statistics.user.length;
  const decodeRow = (split: Split, r: number): Row => {
    const { event, item, label, itemStatistics } = rows[split];
    const e = event[r]!;
    const user = users.findIndex((_, u) => events.userStart[u]! <= e && e < events.userStart[u + 1]!);
    const history: string[] = [];
    for (let h = events.historyStart[user]!; h < events.historyEnd[e]!; h++) {
      const past = events.history?.[h] ?? h;
      history.push(`${items[events.item[past]!]}@${events.time[past]}`);
    }
    return {
      user: users[user]!,
      item: items[item[r]!]!,
      time: events.time[e]!,
      label: label[r]!,
      history,
      userStatistics: [...events.userStatistics.subarray(e * width, (e + 1) * width)],
      itemStatistics: [...itemStatistics.subarray(r * width, (r + 1) * width)],
    };
  };
  const all = (split: Split) => Array.from({ length: rows[split].count }, (_, r) => decodeRow(split, r));
  return { train: all("train"), valid: all("valid"), test: all("test") };
}

function sorted(rows: Row[]): Row[] {
  return [...rows].sort((a, b) => compare(a.user, b.user) || a.time - b.time || compare(a.item, b.item));
}

/** Events of few moments, so that most of them share their time with others; each (user, item, time) at most once. */
function randomLog(seed: number, { users, items, moments, count }: Record<string, number>): LoggedEvent[] {
  const random = new RandomStream(seed);
  const log = new Map<string, LoggedEvent>();
  for (let k = 0; k < count!; k++) {
    const user = `u${random.below(users!)}`;
    const item = `i${Math.floor(random.uniform() ** 2 * items!)}`;
    const time = random.below(moments!);
    const rating = 1 + random.below(5);
    log.set(`${user} ${item} ${time}`, { user, item, time, rating, label: rating > 3 ? 1 : 0 });
  }
  return [...log.values()];
}

const STATISTICS = "statistics: { user: [count, rate, mean(rating)], item: [count, rate, mean(rating)], prior: 3 }";

test.each([
  [
    "by time",
    1,
    { split: "time", clock: "time", of: () => true },
    "split: { by: time, train: 0.8, valid: 0.1, test: 0.1 }",
  ],
  [
    "by time, history of good ratings",
    2,
    { split: "time", clock: "time", of: (e: LoggedEvent) => e.rating > 3 },
    "history: { of: rating > 3 }",
  ],
  ["leave-last with a clock", 3, { split: "leave-last", clock: "time", of: () => true }, "split: { by: leave-last }"],
  [
    "leave-last with an order",
    4,
    { split: "leave-last", clock: "order", of: (e: LoggedEvent) => e.rating > 1 },
    "split: { by: leave-last }\nhistory: { of: rating > 1 }",
  ],
] as const)("%s: rows, histories and statistics equal those of the definitions", async (_, seed, rules, yaml) => {
  const log = randomLog(seed, { users: 17, items: 23, moments: 40, count: 400 });
  const folder = datasetFolder({
    "events.csv": csv(
      "user,item,at,rating",
      log.map(({ user, item, time, rating }) => [user, item, time, rating]),
    ),
    "dataset.yaml": `name: random
events: { from: events.csv, user: user, item: item, ${rules.clock}: at, label: rating > 3 }
${STATISTICS}
${yaml}`,
  });
  const wanted = reference(log, { ...rules, prior: 3 });
  const got = decode(await folder.dataset());
  for (const split of SPLITS) {
    const [ours, theirs] = [sorted(got[split]), sorted(wanted[split])];
    const plain = (rows: Row[]) => rows.map(({ userStatistics, itemStatistics, ...rest }) => rest);
    expect(plain(ours)).toEqual(plain(theirs));
    for (const [r, row] of ours.entries()) {
      for (const key of ["userStatistics", "itemStatistics"] as const) {
        for (const [s, value] of row[key].entries()) expect(value).toBeCloseTo(theirs[r]![key][s]!, 5);
      }
    }
  }
});

test("events of one user, time and item keep one order, whatever the order of the file", async () => {
  const rows = Array.from({ length: 60 }, (_, k) => [`u${k % 2}`, "x", 5 + Math.floor(k / 20), k % 3, k % 2]);
  const yaml = `name: same
events: { from: events.csv, user: user, item: item, time: at, label: liked, features: { rating: { kind: category, from: rating } } }
${STATISTICS}
split: { by: time, train: 0.5, valid: 0.25, test: 0.25 }`;
  const prepared = (order: typeof rows) =>
    datasetFolder({ "events.csv": csv("user,item,at,rating,liked", order), "dataset.yaml": yaml }).prepare();
  expect((await prepared(rows.toReversed())).hash).toBe((await prepared(rows)).hash);
});

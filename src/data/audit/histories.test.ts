import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../../test/dataset-folder.js";
import { RandomStream } from "../../random.js";
import type { Dataset, EventColumns } from "../columns.js";
import { AuditView } from "./audit-view.js";
import { checkHistories } from "./histories.js";

function smallDataset(): Promise<Dataset> {
  const log = Array.from({ length: 60 }, (_, k) => [`u${k % 3}`, `i${k % 7}`, 1000 * k, k % 2]);
  return datasetFolder({
    "events.csv": csv("user,item,ts,liked", log),
    "dataset.yaml": "name: small\nevents: { from: events.csv, user: user, item: item, time: ts, label: liked }\n",
  }).dataset();
}

type Log = Pick<EventColumns, "userStart" | "time" | "history" | "historyStart" | "historyEnd">;

/** The dataset with other events, each of which is a row of test. */
function withEvents(clean: Dataset, { by, ...log }: Log & { by: "time" | "leave-last" }): AuditView {
  const count = log.time.length;
  const none = { count: 0, event: new Int32Array(0), item: new Int32Array(0), label: new Uint8Array(0) };
  const rowless = { ...none, itemStatistics: new Float32Array(0) };
  const item = new Int32Array(count);
  const label = new Uint8Array(count);
  const test = { ...rowless, count, event: Int32Array.from(item, (_, e) => e), item, label };
  const config = { ...(clean.manifest.config as object), split: { by } };
  return new AuditView({
    ...clean,
    manifest: { ...clean.manifest, config },
    events: { ...clean.events, ...log, count, item, label },
    rows: { train: rowless, valid: rowless, test },
  });
}

const found = (view: AuditView): Record<string, number> =>
  Object.fromEntries(checkHistories(view).map(({ sentence, rows }) => [sentence, rows]));

const SENTENCES = {
  later: { time: "the history holds an event of a later or the same time", order: "the history holds a later event" },
  foreign: "the history holds an event of another person",
  own: "the history holds the very event that the row is about",
};

/** The definition, range by range. */
function bySteps({ userStart, time, history, historyStart, historyEnd }: Log, earlier: "time" | "order") {
  const counts: Record<string, number> = {};
  const add = (sentence: string, holds: boolean) => {
    if (holds) counts[sentence] = (counts[sentence] ?? 0) + 1;
  };
  for (let user = 0; user + 1 < userStart.length; user++) {
    for (let e = userStart[user]!; e < userStart[user + 1]!; e++) {
      const positions = Array.from(time, (_, k) => k).filter((k) => k >= historyStart[user]! && k < historyEnd[e]!);
      const steps = positions.filter((k) => k < historyStart[user + 1]!).map((k) => (history ? history[k]! : k));
      const stranger = (other: number) => other < userStart[user]! || other >= userStart[user + 1]!;
      const tooLate = (other: number) =>
        time[other]! > time[e]! || (earlier === "time" ? time[other] === time[e] : other > e);
      add(SENTENCES.own, steps.includes(e));
      add(
        SENTENCES.later[earlier],
        steps.some((other) => other !== e && tooLate(other)),
      );
      add(SENTENCES.foreign, steps.some(stranger) || historyEnd[e]! > historyStart[user + 1]!);
    }
  }
  return counts;
}

test("what is found in 400 broken logs is what walking every history finds", async () => {
  const clean = await smallDataset();
  const random = new RandomStream(3, "broken");
  const sentences = new Set<string>();
  for (let n = 0; n < 400; n++) {
    const userStart = Int32Array.of(0, 0, 6, 9, 16);
    const time = Float64Array.from({ length: 16 }, () => random.below(5));
    for (let u = 0; u < 4; u++) time.subarray(userStart[u], userStart[u + 1]).sort();
    const listed = n % 2 === 0;
    const history = listed ? Int32Array.from({ length: 16 }, (_, k) => k) : null;
    if (history && n % 4 === 0) for (let k = 0; k < 4; k++) history[random.below(16)] = random.below(16);
    const historyEnd = Int32Array.from({ length: 16 }, (_, e) => Math.max(0, Math.min(16, e + random.below(5) - 2)));
    const log = { userStart, time, history, historyStart: userStart, historyEnd };
    const [by, earlier] = n % 3 === 0 ? (["leave-last", "order"] as const) : (["time", "time"] as const);
    const expected = bySteps(log, earlier);
    expect(found(withEvents(clean, { ...log, by }))).toEqual(expected);
    for (const sentence of Object.keys(expected)) sentences.add(sentence);
  }
  expect(sentences.size).toBe(4);
});

test("200,000 events of one person, each in its own history, are counted within two seconds", async () => {
  const count = 200_000;
  const log = {
    userStart: Int32Array.of(0, 0, count),
    time: Float64Array.from({ length: count }, (_, e) => e),
    history: null,
    historyStart: Int32Array.of(0, 0, count),
    historyEnd: Int32Array.from({ length: count }, (_, e) => e + 1),
  };
  const view = withEvents(await smallDataset(), { ...log, by: "time" });
  const begin = performance.now();
  expect(found(view)).toEqual({ [SENTENCES.own]: count });
  expect(performance.now() - begin).toBeLessThan(2000);
});

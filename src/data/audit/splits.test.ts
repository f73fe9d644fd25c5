import { expect, test } from "vitest";
import { csv, datasetFolder, leaveLastFolder } from "../../../test/dataset-folder.js";
import { RandomStream } from "../../random.js";
import { audit, auditDataset, refuseLeaks } from "./audit.js";

const random = new RandomStream(5);
const HEADER = "user,item,ts,liked,note";
type Row = (string | number)[];
/** 30 people, 30 events each, ten seconds or more apart. */
const LOG: Row[] = Array.from({ length: 30 }, (_, u) =>
  Array.from({ length: 30 }, (_, k): Row => {
    const liked = random.below(2);
    return [`u${u}`, `i${random.below(40)}`, 1_600_000_000 + k * 10_000 + u * 10, liked, `n${random.below(3)}`];
  }),
).flat();
const PART = (from: number, to: number): Row[] => LOG.filter((_, k) => k % 30 >= from && k % 30 < to);

function byFile(
  { train, valid, test: last }: Record<"train" | "valid" | "test", Row[]>,
  { more = "", features = "" }: { more?: string; features?: string } = {},
) {
  return datasetFolder({
    "train.csv": csv(HEADER, train),
    "valid.csv": csv(HEADER, valid),
    "test.csv": csv(HEADER, last),
    "dataset.yaml": `name: files
events: { user: user, item: item, time: ts, label: liked, features: { ${features} } }
split: { by: file, train: train.csv, valid: valid.csv, test: test.csv }
${more}`,
  });
}

const CLEAN = { train: PART(0, 20), valid: PART(20, 25), test: PART(25, 30) };

test("files that share no row pass", async () => {
  const report = auditDataset(await byFile(CLEAN).dataset());
  expect(report.failures).toEqual([]);
  expect(report.warnings.map(({ check }) => check)).toEqual(["no-cold-items"]);
});

test("a test file that repeats ten training rows is caught, and training on it is refused", async () => {
  const dataset = await byFile({ ...CLEAN, test: [...CLEAN.test, ...CLEAN.train.slice(0, 10)] }).dataset();
  const { failures } = auditDataset(dataset);
  expect(failures.map(({ check, rows }) => [check, rows])).toEqual([["rows-across-splits", 10]]);
  expect(() => refuseLeaks(dataset)).toThrow("the same row (user, item, time and label) stands in more than one split");
});

test("one file as validation and as test is caught by name", async () => {
  const { failures } = auditDataset(await byFile({ ...CLEAN, test: CLEAN.valid }).dataset());
  expect(failures.map(({ check, rows }) => [check, rows])).toEqual([
    ["rows-across-splits", 150],
    ["validation-is-test", 150],
  ]);
  expect(failures[1]?.sentence).toContain("share 100 % of the rows");
});

test("a column of the context that is made of the label is caught, with the key to remove", async () => {
  const more = 'context: { features: { note: { kind: category, from: "note || liked" } } }';
  const folder = byFile(CLEAN, { more });
  const [finding, ...others] = auditDataset(await folder.dataset()).failures;
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ check: "telling-feature", rows: 600 });
  expect(finding?.sentence).toBe("`note` of the context alone tells the label: AUC 1.0000 on training rows");
  expect(finding?.fix).toBe("If it is known only once the label is, remove it (`context.features.note`).");
});

test("a feature of the event that is the label is no leak: it does not enter its own row", async () => {
  const folder = byFile(CLEAN, { features: "liked: { kind: category, from: liked }" });
  await folder.prepare();
  expect(audit({ data: `${folder.path}/out` })).toMatchObject({ passed: true, name: "files", clock: "time" });
});

test("files in the wrong order of time, one kind of label and one person in test are warned of", async () => {
  const alone = CLEAN.train.filter(([user, , , liked]) => user === "u3" && liked === 1);
  const rest = CLEAN.train.filter((row) => !alone.includes(row));
  const { passed, warnings } = auditDataset(await byFile({ train: rest, valid: CLEAN.valid, test: alone }).dataset());
  expect(passed).toBe(true);
  expect(warnings.map(({ check }) => check).sort()).toEqual(
    ["labels-of-one-kind", "no-cold-items", "one-user-in-test", "test-not-last", "test-not-last"].sort(),
  );
  expect(warnings.find(({ check }) => check === "labels-of-one-kind")?.sentence).toBe(
    "all rows of test have label 1: AUC is not defined there",
  );
});

test("ties and bursts are counted, with what they do to leave-last", async () => {
  const log = Array.from({ length: 20 }, (_, u) =>
    Array.from({ length: 30 }, (_, k): Row => {
      // Two people enter 25 events within a minute; a fifth of the others' share their second.
      const at = u < 2 && k < 25 ? 2 * k : 1000 * (k + 1) - (u >= 2 && k % 10 === 9 ? 1000 : 0);
      return [`u${u}`, `i${(u * 7 + k) % 90}`, 1_600_000_000 + at];
    }),
  ).flat();
  const dataset = await leaveLastFolder(log, { ranking: "{ negatives: 5 }" }).dataset();
  const { passed, warnings } = auditDataset(dataset);
  expect(passed).toBe(true);
  const said = (name: string) => warnings.find(({ check }) => check === name);
  expect(said("ties")?.sentence).toMatch(
    /^18\.0 % of the events share their time .+ for 90\.0 % of the test rows "last" is a matter of the alphabet/,
  );
  expect(said("ties")?.rows).toBe(18 * 6);
  expect(said("bursts")).toMatchObject({ rows: 50 });
  expect(said("bursts")?.sentence).toMatch(
    /^8\.3 % of the events are in bursts \(20 and more .+, 2 people\).+leave-last/,
  );
});

test("two rows of one second in different splits that draw the same negative are not equal rows", async () => {
  const log = Array.from({ length: 40 }, (_, u) =>
    Array.from({ length: 6 }, (_, k): Row => [`u${u}`, `i${(u + k) % 9}`, 100]),
  ).flat();
  const dataset = await leaveLastFolder(log, { ranking: "{ negatives: 2 }" }).dataset();
  expect(auditDataset(dataset).failures).toEqual([]);
});

test("where keep dropped rows of files, what cannot be known is said and the rest is asked", async () => {
  const more = "negatives: { keep: 0.5 }\ncontext: { features: { at: { kind: number, from: ts } } }";
  const folder = byFile(CLEAN, { more });
  const report = auditDataset(await folder.dataset());
  expect(report.failures).toEqual([]);
  expect(report.notChecked).toEqual([
    "normalisers of events and contexts: dropped negatives do not say which split they were of",
  ]);
});

test("a dataset without statistics, of one person, passes with what cannot be asked", async () => {
  const alone = LOG.filter(([user]) => user === "u1");
  const dataset = await datasetFolder({
    "events.csv": csv(HEADER, alone.slice(0, 12)),
    "dataset.yaml": `name: alone
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
statistics: false`,
  }).dataset();
  const report = auditDataset(dataset);
  expect(report.failures).toEqual([]);
  expect(report.notChecked).toEqual(["features that tell the label: training has fewer than 10 rows of one label"]);
  expect(report.warnings.map(({ check }) => check)).toContain("one-user-in-test");
});

test("implicit labels: one file as validation and as test is caught by name, though its negatives are drawn apart", async () => {
  const folder = datasetFolder({
    "train.csv": csv(HEADER, CLEAN.train),
    "valid.csv": csv(HEADER, CLEAN.valid),
    "dataset.yaml": `name: files
events: { user: user, item: item, time: ts, label: implicit }
split: { by: file, train: train.csv, valid: valid.csv, test: valid.csv }
negatives: { perPositive: 3 }
`,
  });
  const dataset = await folder.dataset();
  const { failures } = auditDataset(dataset);
  expect(failures.map(({ check, rows }) => [check, rows])).toEqual([
    ["rows-across-splits", 150],
    ["validation-is-test", 150],
  ]);
  expect(failures[1]?.sentence).toContain("share 100 % of the events of one of them");
  expect(() => refuseLeaks(dataset)).toThrow("this dataset leaks (rows-across-splits)");
});

test("of 150 rows of test, one that training has is left to the audit, and two are refused", async () => {
  const repeating = (count: number) =>
    byFile({ ...CLEAN, test: [...CLEAN.test.slice(count), ...CLEAN.train.slice(0, count)] }).dataset();
  const once = await repeating(1);
  expect(auditDataset(once).failures.map(({ check, rows }) => [check, rows])).toEqual([["rows-across-splits", 1]]);
  expect(() => refuseLeaks(once)).not.toThrow();
  const twice = await repeating(2);
  expect(() => refuseLeaks(twice)).toThrow(/leaks \(rows-across-splits\).+got 2 such rows/);
});

test("leave-last: one person of 120 who ends with two clicks on one item in one second does not stop training, two do", async () => {
  const ending = (twice: number) => {
    const log = Array.from({ length: 120 }, (_, u) =>
      Array.from({ length: 6 }, (_, k): Row => {
        const step = u < twice && k === 5 ? 4 : k;
        return [`u${u}`, `i${(7 * u + step) % 40}`, 1000 * step + u];
      }),
    ).flat();
    return leaveLastFolder(log, { ranking: "{ negatives: 2 }" }).dataset();
  };
  const one = await ending(1);
  expect(auditDataset(one).failures.map(({ check, rows }) => [check, rows])).toEqual([["rows-across-splits", 1]]);
  expect(() => refuseLeaks(one)).not.toThrow();
  const two = await ending(2);
  expect(() => refuseLeaks(two)).toThrow(/leaks \(rows-across-splits\).+got 2 such rows/);
});

test("parts by time: a cut between two equal clicks of one second is left to the audit", async () => {
  // 1,000 events of one a second; the 900th, the first of test, repeats the 899th.
  const log = Array.from({ length: 1000 }, (_, k): Row => {
    const at = k === 900 ? 899 : k;
    return [`u${at % 20}`, `i${at % 37}`, at, (at >> 2) & 1];
  });
  const dataset = await datasetFolder({
    "events.csv": csv("user,item,ts,liked", log),
    "dataset.yaml": "name: cut\nevents: { from: events.csv, user: user, item: item, time: ts, label: liked }\n",
  }).dataset();
  const equal = auditDataset(dataset).failures.filter(({ check }) => check === "rows-across-splits");
  expect(equal.map(({ rows }) => rows)).toEqual([1]);
  expect(() => refuseLeaks(dataset)).not.toThrow();
});

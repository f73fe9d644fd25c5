import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { RandomStream } from "../random.js";
import { type Dataset, openDataset } from "./index.js";

const random = new RandomStream(11);
/** 100 people with 40 events each; a fifth are liked. */
const LOG = Array.from({ length: 100 }, (_, u) =>
  Array.from({ length: 40 }, (_, k) => [`u${u}`, `i${random.below(50)}`, k * 100 + u, random.below(5) === 0 ? 1 : 0]),
).flat();

function kept(negatives: string): ReturnType<typeof datasetFolder> {
  return datasetFolder({
    "events.csv": csv("user,item,ts,liked", LOG),
    "items.csv": csv(
      "id,price",
      Array.from({ length: 50 }, (_, i) => [`i${i}`, i % 3 === 0 ? i : null]),
    ),
    "dataset.yaml": `name: kept
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items: { from: items.csv, id: id, modalities: { price: { kind: number, from: price } } }
split: { by: time, train: 0.7, valid: 0.2, test: 0.1 }
${negatives}`,
  });
}

const zeros = ({ rows }: Dataset, split: "train" | "valid" | "test") =>
  rows[split].label.reduce((sum, label) => sum + 1 - label, 0);

test("a quarter of the rows of label 0 is kept in training and validation, and every row of label 1 and of test", async () => {
  const whole = await kept("").dataset();
  const folder = kept("negatives: { keep: 0.25 }");
  const summary = await folder.prepare();
  const thin = openDataset(`${folder.path}/out`);
  const before = zeros(whole, "train") + zeros(whole, "valid");
  const after = zeros(thin, "train") + zeros(thin, "valid");
  expect(Math.abs(after / before - 0.25)).toBeLessThan(0.03);
  expect(zeros(thin, "valid") / zeros(whole, "valid")).toBeCloseTo(0.25, 1);
  for (const split of ["train", "valid"] as const) {
    expect(thin.rows[split].count - zeros(thin, split)).toBe(whole.rows[split].count - zeros(whole, split));
  }
  expect(thin.rows.test).toEqual(whole.rows.test);
  expect(summary).toMatchObject({ negativesDropped: before - after, eventsWithoutRow: before - after });
  expect(thin.catalogue.negativesKept).toBe(0.25);
  expect(whole.catalogue.negativesKept).toBe(1);
});

test("events, histories, running statistics, prior means and counters stay those of the whole log", async () => {
  const [whole, thin] = [await kept("").dataset(), await kept("negatives: { keep: 0.25 }").dataset()];
  expect(thin.events).toEqual(whole.events);
  expect(thin.catalogue.itemCounters).toEqual(whole.catalogue.itemCounters);
  for (const side of ["user", "item"] as const) {
    const priors = ({ catalogue }: Dataset) => catalogue.statistics[side].map(({ priorMean }) => priorMean);
    expect(priors(thin)).toEqual(priors(whole));
  }
  const width = whole.catalogue.statistics.item.length;
  const { train } = whole.rows;
  for (let r = 0, w = 0; r < thin.rows.train.count; r++, w++) {
    while (train.event[w] !== thin.rows.train.event[r]) w++;
    const [own, same] = [thin.rows.train, train].map(({ itemStatistics }, i) =>
      itemStatistics.subarray((i ? w : r) * width, ((i ? w : r) + 1) * width),
    );
    expect(own).toEqual(same);
  }
});

test("which items are popular in training stays what it was: dropped rows of validation are no events of training", async () => {
  const [whole, thin] = [await kept("").prepare(), await kept("negatives: { keep: 0.1 }").prepare()];
  const { popularityAuc } = whole.modalities.price!.missing;
  expect(popularityAuc).not.toBeNull();
  expect(thin.modalities.price!.missing.popularityAuc).toBe(popularityAuc);
});

test("the same seed keeps the same rows, another seed others", async () => {
  const folder = kept("negatives: { keep: 0.25 }");
  const events = async (seed: number) => (await folder.dataset({ seed })).rows.train.event.slice();
  const [one, again, other] = [await events(1), await events(1), await events(2)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test("keep: 1 drops nothing and prepares the same bytes", async () => {
  const [whole, all] = [await kept("").prepare(), await kept("negatives: { keep: 1 }").prepare()];
  expect(all.hash).toBe(whole.hash);
  expect(all.negativesDropped).toBe(0);
});

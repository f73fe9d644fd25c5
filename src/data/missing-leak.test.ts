import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { auc } from "../metrics/index.js";
import { RandomStream } from "../random.js";
import { leaks, missingLeak } from "./missing-leak.js";

const train = (item: number[], label: number[]) => ({ item: Int32Array.from(item), label: Uint8Array.from(label) });

test("items with a picture that are the popular ones, and the liked ones, are told by the picture's presence alone", () => {
  // Items 1 to 4 have 5, 3, 1, 1 training events; 1 and 2 are above the median of 1, and 1, 2, 3 have the picture.
  const trainingEvents = Uint32Array.of(0, 5, 3, 1, 1);
  const present = Uint8Array.of(0, 1, 1, 1, 0);
  const rows = train([1, 1, 2, 3, 4, 4], [1, 1, 1, 0, 0, 0]);
  expect(missingLeak(present, { train: rows, trainingEvents })).toEqual({
    labelAuc: (3 * 2 + 3 * 0.5) / 9,
    popularityAuc: (2 * 1 + 2 * 0.5) / 4,
  });
});

test("equals the AUC of the bit as a score, on random rows with ties", () => {
  const random = new RandomStream(3);
  const rows = train(
    Array.from({ length: 500 }, () => 1 + random.below(40)),
    Array.from({ length: 500 }, () => (random.uniform() < 0.3 ? 1 : 0)),
  );
  const present = Uint8Array.from({ length: 41 }, (_, item) => (item % 3 === 1 ? 1 : 0));
  const trainingEvents = new Uint32Array(41);
  for (const item of rows.item) trainingEvents[item]! += 1;
  const { labelAuc, popularityAuc } = missingLeak(present, { train: rows, trainingEvents });
  const bits = (items: ArrayLike<number>) => Float32Array.from(items, (item) => present[item]!);
  expect(labelAuc).toBe(auc(bits(rows.item), rows.label));
  const counts = [...trainingEvents.subarray(1)];
  const median = [...counts].sort((a, b) => a - b)[19]!;
  const popular = Uint8Array.from(counts, (count) => (count > median ? 1 : 0));
  expect(popularityAuc).toBe(auc(bits(counts.map((_, i) => i + 1)), popular));
});

test("nothing is asked where all or none have it, where all labels agree, or where no item is above the median", () => {
  const rows = train([1, 2, 2, 3], [1, 0, 1, 0]);
  const trainingEvents = Uint32Array.of(0, 1, 2, 1);
  const nothing = { labelAuc: null, popularityAuc: null };
  expect(missingLeak(Uint8Array.of(0, 1, 1, 1), { train: rows, trainingEvents })).toEqual(nothing);
  expect(missingLeak(Uint8Array.of(0, 0, 0, 0), { train: rows, trainingEvents })).toEqual(nothing);
  const alike = { train: train([1, 2, 3], [1, 1, 1]), trainingEvents: Uint32Array.of(0, 1, 1, 1) };
  expect(missingLeak(Uint8Array.of(0, 1, 0, 0), alike)).toEqual(nothing);
  expect(missingLeak(Uint8Array.of(0), { train: train([], []), trainingEvents: Uint32Array.of(0) })).toEqual(nothing);
});

test("an AUC leaks beyond .6 on either side of a half", () => {
  expect([null, 0.5, 0.6, 0.4, 0.61, 0.39].map(leaks)).toEqual([false, false, false, false, true, true]);
});

test("sampled negatives count as rows with label 0, and never as training events of an item", async () => {
  // People touch p1 to p3 again and again, q1 to q6 once in training; the p alone have a picture.
  const events = ["a", "b", "c"].flatMap((user, u) =>
    ["p1", "p2", `q${u + 1}`, "p3", `q${u + 4}`, "p1", "p2"].map((item, place) => [user, item, place] as const),
  );
  const folder = datasetFolder({
    "events.csv": csv("user,item,place", events),
    "items.csv": csv("id,picture", [
      ...["p1", "p2", "p3"].map((id) => [id, 1] as const),
      ...[1, 2, 3, 4, 5, 6].map((k) => [`q${k}`, null] as const),
    ]),
    "dataset.yaml": `
name: shelf
events: { from: events.csv, user: user, item: item, order: place, label: implicit }
items: { from: items.csv, id: id, modalities: { picture: { kind: number, from: picture } } }
negatives: { perPositive: 4 }
ranking: { negatives: 4 }
split: { by: leave-last }
`,
  });
  const { modalities, splits } = await folder.prepare();
  expect(splits.train.rows).toBe(60);
  // In training each p has 3 events (p1 as everybody's first, which makes no row), each q has 1 and is drawn 8 times.
  // Rows: 6 of 12 positives have it, none of the 48 negatives.
  expect(modalities.picture?.missing).toEqual({ labelAuc: 0.75, popularityAuc: 1 });
});

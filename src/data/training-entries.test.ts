import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { trainingEntries } from "./training-entries.js";

// Two people with six events each, and one with two: under leave-last the first events and the short log make no rows.
const log = [
  ..."abcdef".split("").map((item, i) => ["p", item, i]),
  ..."bacgfe".split("").map((item, i) => ["q", item, i]),
  ["r", "a", 0],
  ["r", "h", 1],
];
const yaml = (rest: string) => `name: t
events: { from: log.csv, user: user, item: item, order: place, ${rest}`;
const files = (rest: string) => ({ "log.csv": csv("user,item,place", log), "dataset.yaml": yaml(rest) });

test("with implicit labels every event of the training slice counts, first events and short logs too, and drawn rows as drawn", async () => {
  const rest =
    "label: implicit }\nsplit: { by: leave-last }\nnegatives: { perPositive: 1 }\nranking: { negatives: 1 }\n";
  const dataset = await datasetFolder(files(rest)).dataset();
  const { item, label, user } = trainingEntries(dataset);
  const positives = Array.from(label.keys()).filter((entry) => label[entry] === 1);
  // p: a b c d; q: b a c g; r: a h
  expect(positives).toHaveLength(10);
  const counts = new Map<number, number>();
  for (const entry of positives) counts.set(item[entry]!, (counts.get(item[entry]!) ?? 0) + 1);
  expect([...counts.values()].sort()).toEqual([1, 1, 1, 2, 2, 3]);
  expect(new Set(positives.map((entry) => user[entry])).size).toBe(3);
  expect(item.length - positives.length).toBe(dataset.rows.train.label.filter((label) => label === 0).length);
});

test("with labels of their own they are the rows of training", async () => {
  const rest = "label: item < 'c' }\nsplit: { by: leave-last }\n";
  const dataset = await datasetFolder(files(rest)).dataset();
  const entries = trainingEntries(dataset);
  expect(entries.item).toEqual(dataset.rows.train.item);
  expect(entries.label).toEqual(dataset.rows.train.label);
});

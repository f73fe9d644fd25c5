import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../test/dataset-folder.js";
import { writeColumnsAside } from "./write-columns.js";

const smallDataset = () =>
  datasetFolder({
    "events.csv": csv(
      "user,item,at,liked",
      Array.from({ length: 40 }, (_, k) => [`u${k % 3}`, `i${k % 7}`, k, k % 2]),
    ),
    "dataset.yaml": `name: small
events: { from: events.csv, user: user, item: item, time: at, label: liked, features: { liked: { kind: category, from: liked } } }
statistics: { user: [count], item: [rate] }
split: { by: time, train: 0.5, valid: 0.25, test: 0.25 }`,
  }).dataset();

const newFolder = () => datasetFolder({}).path;

test("a thread writes the same bytes as the caller itself", async () => {
  const columns = await smallDataset();
  const [here, aside] = [newFolder(), newFolder()];
  const files = await writeColumnsAside(here, columns);
  expect(await writeColumnsAside(aside, columns, { worthAThread: 0 })).toEqual(files);
  expect(Object.keys(files)).toEqual(["events.arrow", "timelines.arrow", "train.arrow", "valid.arrow", "test.arrow"]);
  for (const name of Object.keys(files)) {
    expect(readFileSync(join(aside, name)).equals(readFileSync(join(here, name)))).toBe(true);
  }
});

test("what the system refuses a thread keeps its code", async () => {
  const columns = await smallDataset();
  const folder = newFolder();
  mkdirSync(join(folder, "events.arrow"));
  await expect(writeColumnsAside(folder, columns, { worthAThread: 0 })).rejects.toMatchObject({ code: "EEXIST" });
  await expect(writeColumnsAside(folder, columns)).rejects.toMatchObject({ code: "EEXIST" });
});

import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../../test/dataset-folder.js";
import { auditDataset } from "./audit.js";

const ITEMS = Array.from({ length: 20 }, (_, i) => [`i${i}`, `word${i % 3} word${i % 5}`]);
const LOG = Array.from({ length: 200 }, (_, k) => [`u${k % 20}`, `i${(k + 3 * Math.floor(k / 20)) % 19}`, 1000 * k]);

const shop = (more: string) =>
  datasetFolder({
    "events.csv": csv("user,item,ts", LOG),
    "seen.csv": csv("user,item", [["u1", "i19"]]),
    "items.csv": csv("id,plot", ITEMS),
    "dataset.yaml": `name: shop
events: { from: events.csv, user: user, item: item, time: ts, label: implicit }
${more}`,
  });

test("an audit says that it does not judge texts, nor pairs that were excluded from the negatives", async () => {
  const folder = shop(`items: { from: items.csv, id: id, modalities: { plot: { kind: text, from: plot } } }
negatives: { exclude: seen.csv }
`);
  const { failures, notChecked } = auditDataset(await folder.dataset());
  expect(failures).toEqual([]);
  expect(notChecked).toEqual([
    "`plot`: of texts, images and vectors nothing is judged but whether they are missing; neither what they tell of the label nor what their encoder was fitted on",
    "`negatives.exclude`: the dataset does not hold the excluded pairs, so that a drawn negative among them is not noticed",
  ]);
});

test("where neither is there, neither is said", async () => {
  const { notChecked } = auditDataset(await shop("").dataset());
  expect(notChecked).toEqual([]);
});

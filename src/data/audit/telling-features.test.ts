import { expect, test } from "vitest";
import { csv, datasetFolder } from "../../../test/dataset-folder.js";
import { RandomStream } from "../../random.js";
import { audit } from "./audit.js";

test("a number of the items that is there for the liked ones alone is found once, by its absence", async () => {
  const random = new RandomStream(8);
  const log = Array.from({ length: 400 }, (_, k) => [`u${k % 20}`, `i${random.below(30)}`, 1000 * k]);
  const folder = datasetFolder({
    "events.csv": csv("user,item,ts", log),
    "items.csv": csv(
      "id,price",
      Array.from({ length: 30 }, (_, i) => [`i${i}`, i % 2 === 0 ? random.below(100) : null]),
    ),
    "dataset.yaml": `name: prices
events: { from: events.csv, user: user, item: item, time: ts, label: "CAST(substr(item, 2) AS INTEGER) % 2 = 0" }
items: { from: items.csv, id: id, modalities: { price: { kind: number, from: price } } }
statistics: false
`,
  });
  const { failures } = audit({ data: await folder.dataset() });
  expect(failures.map(({ check, sentence }) => [check, sentence])).toEqual([
    ["telling-feature", "whether `price` of the item is missing alone tells the label: AUC 1.0000 on training rows"],
  ]);
});

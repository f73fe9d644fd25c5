import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Dataset, SPLITS } from "../../src/data/index.js";
import { requestOfRow } from "../../src/data/request-of-row.js";
import { findModel } from "../../src/models/registry.js";
import { ALL_FEATURES } from "./model-exam.js";
import { largestDifference, rowNumbers, Subject } from "./subject.js";
import { prepareToy } from "./toy-world.js";

const LENGTH = 7;
const folders: string[] = [];
let all: Dataset;
let liked: Dataset;

beforeAll(async () => {
  const prepared = async (history: string): Promise<Dataset> => {
    const folder = mkdtempSync(join(tmpdir(), "mmdin-positives-"));
    folders.push(folder);
    return prepareToy(folder, { history });
  };
  all = await prepared(`{ length: ${LENGTH} }`);
  liked = await prepared(`{ length: ${LENGTH}, of: liked = 1 }`);
}, 60_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

for (const name of ["din", "mmdin"]) {
  const model = (history: "all" | "positives") => findModel(name).configure({ history, ...ALL_FEATURES });

  test(`${name}: history=positives gives the logits of a dataset whose history is that of liked events`, async () => {
    const option = await Subject.untrained(model("positives"), all);
    const filtered = await Subject.untrained(model("all"), liked);
    const both = await Subject.untrained(model("positives"), liked);
    const without = await Subject.untrained(model("all"), all);
    for (const split of SPLITS) {
      const rows = rowNumbers(all.rows[split].count).filter((row) => row % 5 === 1);
      const logits = await option.logits(option.batch(split, rows));
      expect(logits).toEqual(await filtered.logits(filtered.batch(split, rows)));
      expect(logits).toEqual(await both.logits(both.batch(split, rows)));
      expect(largestDifference(logits, await without.logits(without.batch(split, rows)))).toBeGreaterThan(1e-4);
    }
    for (const subject of [option, filtered, both, without]) await subject.close();
  });

  test(`${name}: a request made of a logged row gives its logit under history=positives, to 1e-5`, async () => {
    const subject = await Subject.untrained(model("positives"), all);
    for (const row of rowNumbers(all.rows.test.count).filter((row) => row % 37 === 4)) {
      const logged = await subject.logits(subject.batch("test", [row]));
      const asked = await subject.ask(requestOfRow(all, { split: "test", row }));
      expect(largestDifference(asked, logged), `row ${row}`).toBeLessThan(1e-5);
    }
    await subject.close();
  });
}

test("a step without a label is read as liked under history=positives, one whose label is 0 is not read", async () => {
  const subject = await Subject.untrained(findModel("din").configure({ history: "positives" }), all);
  const candidates = ["t103"];
  const ask = (steps: { item: string; label?: 0 | 1 }[]) => subject.ask({ history: steps, candidates });
  const bare = await ask([{ item: "t101" }, { item: "t102" }]);
  expect(await ask([{ item: "t101", label: 1 }, { item: "t105", label: 0 }, { item: "t102" }])).toEqual(bare);
  expect(await ask([{ item: "t101", label: 0 }, { item: "t102" }])).not.toEqual(bare);
  await subject.close();
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Dataset, Split } from "../../src/data/index.js";
import { requestOfRow } from "../../src/data/request-of-row.js";
import { findModel } from "../../src/models/registry.js";
import { largestDifference, rowNumbers, Subject } from "./subject.js";
import { prepareToy, type ToyVariant } from "./toy-world.js";

const FEATURES = "features: { stars: { kind: category, from: stars }, dwell: { kind: number, from: dwell } }";
const LIKED = `from: { sql: "SELECT * FROM 'events.csv' WHERE liked = 1" }, user: person, item: thing, label: implicit`;
const COUNTS = "{ user: [count, mean(stars)], item: [count, mean(stars)], prior: 3 }";

/** Every kind of dataset that has rules of its own for what is earlier and what is counted. */
const VARIANTS: Record<string, ToyVariant> = {
  "a clock, labels, a split by time": {},
  "histories of liked events alone": { history: "{ length: 5, of: liked = 1 }" },
  "a clock, labels, leave-last": { split: "{ by: leave-last }" },
  "a clock, implicit labels, a split by time": {
    events: `{ ${LIKED}, time: second, ${FEATURES} }`,
    statistics: COUNTS,
    more: "negatives: { perPositive: 2 }",
  },
  "a clock, implicit labels, leave-last": {
    events: `{ ${LIKED}, time: second, ${FEATURES} }`,
    statistics: COUNTS,
    split: "{ by: leave-last }",
    more: "ranking: { negatives: 9 }",
  },
  "an order, labels, leave-last, histories of liked events": {
    events: `{ from: events.csv, user: person, item: thing, order: second, label: liked = 1, ${FEATURES} }`,
    history: "{ length: 7, of: liked = 1 }",
    split: "{ by: leave-last }",
  },
  "an order, labels, leave-last, a third of the negatives kept": {
    events: `{ from: events.csv, user: person, item: thing, order: second, label: liked = 1, ${FEATURES} }`,
    split: "{ by: leave-last }",
    more: "negatives: { keep: 0.3 }",
  },
  "an order, implicit labels, leave-last": {
    events: `{ ${LIKED}, order: second, ${FEATURES} }`,
    statistics: COUNTS,
    split: "{ by: leave-last }",
    more: "ranking: { negatives: 9 }",
  },
};

/** Some fifteen rows of a split, and up to five more of an event that has the same time as the one before it. */
function someRows({ events, rows }: Dataset, split: Split): number[] {
  const { count, event } = rows[split];
  const tied = (row: number): boolean => {
    const e = event[row]!;
    return !events.userStart.includes(e) && events.time[e] === events.time[e - 1];
  };
  const stride = Math.ceil(count / 15);
  const spread = rowNumbers(count).filter((row) => row % stride === 0);
  return [...spread, ...rowNumbers(count).filter(tied).slice(0, 5)];
}

describe("a request made of a logged row", () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, variant] of Object.entries(VARIANTS)) {
    test(`gives the row's logit to 1e-5 in every split: ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "mmdin-requests-"));
      folders.push(folder);
      const dataset = await prepareToy(folder, variant);
      const subject = await Subject.untrained(findModel("mmdin").configure({}), dataset);
      for (const split of ["train", "valid", "test"] satisfies Split[]) {
        const rows = someRows(dataset, split);
        expect(rows.length).toBeGreaterThan(10);
        for (const row of rows) {
          const logged = await subject.logits(subject.batch(split, [row]));
          const asked = await subject.ask(requestOfRow(dataset, { split, row }));
          expect(largestDifference(asked, logged), `${split} row ${row}`).toBeLessThan(1e-5);
        }
      }
      await subject.close();
    });
  }
});

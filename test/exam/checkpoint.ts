import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { requestOfRow } from "../../src/data/request-of-row.js";
import { logLoss } from "../../src/metrics/index.js";
import { loadModel } from "../../src/serving/index.js";
import { score } from "../../src/training/index.js";
import type { Sitting } from "./sitting.js";
import { CLOSE, largestDifference, rowNumbers, weightsFile } from "./subject.js";

/** What was trained is what is read back, whichever way it is asked. */
export function testCheckpoint(exam: () => Sitting): void {
  test("the run folder gives the logits that the trainer saw on validation: the same log-loss, to the last bit", async () => {
    const { run, summary, dataset, counting } = exam();
    const { logits, rawLogits, evaluation } = await score({ run, split: "valid", threads: 1 });
    // Counting models are validated on calibrated logits: the others' validations come before there is a calibration.
    const [found, seen] = [logLoss(counting ? logits : rawLogits, dataset.rows.valid.label)!, summary.best!.logLoss!];
    expect(seen).toBeGreaterThan(0.1);
    if (counting)
      expect(Math.abs(found - seen)).toBeLessThan(1e-7); // the trainer calibrates in double precision
    else expect(found).toBe(seen);
    expect(evaluation.metrics.auc).toBeCloseTo(summary.best!.auc!, 6);
  });

  test("a request made of a logged row gives that row's logit to 1e-5 and its probability to 1e-6", async () => {
    const { run, dataset, scored } = exam();
    const model = await loadModel(run);
    const { count } = dataset.rows.test;
    for (const row of rowNumbers(count).filter((row) => row % 53 === 5 || row === count - 1)) {
      const [ranked] = await model.rank(requestOfRow(dataset, { split: "test", row }));
      const logit = scored.logits[row]!;
      expect(Math.abs(ranked!.logit - logit), `row ${row}`).toBeLessThan(CLOSE);
      expect(Math.abs(ranked!.probability - 1 / (1 + Math.exp(-logit))), `row ${row}`).toBeLessThan(1e-6);
    }
    await model.close();
  });

  test("the evaluation graph as one ONNX file gives the executor's logits, at batch 1, 2, 97 and history 0, 1, 12", async () => {
    const { subject } = exam();
    const file = await subject.oneFile();
    for (const length of [0, 1, 12]) {
      const found = subject.rowsOfLength(length);
      expect(found.length).toBeGreaterThan(20);
      for (const size of [1, 2, 97]) {
        const rows = Array.from({ length: size }, (_, i) => found[i % found.length]!);
        const batch = subject.batch("train", rows);
        const difference = largestDifference(await file.logits(batch), await subject.logits(batch));
        expect(difference, `${size} rows, ${length} steps`).toBeLessThan(CLOSE);
      }
    }
    await file.close();
  });

  test("the same seed gives the same bytes of weights, another seed others", async () => {
    const { trainAgain, counting } = exam();
    const bytes: Buffer[] = [];
    for (const seed of [5, 5, 6]) bytes.push(readFileSync(weightsFile(await trainAgain(seed))));
    expect(bytes[0]!.length).toBeGreaterThan(100);
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
    expect(bytes[0]!.equals(bytes[2]!)).toBe(counting); // counts do not depend on a seed
  }, 120_000);
}

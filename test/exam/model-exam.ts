import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logLoss } from "../../src/metrics/index.js";
import { testAbsence } from "./absence.js";
import { testBatches } from "./batches.js";
import { testCheckpoint } from "./checkpoint.js";
import { testHiding } from "./hiding.js";
import { testRanking } from "./ranking.js";
import { type Sitting, sit } from "./sitting.js";

export interface ExamOptions {
  /** The model's own options, over its defaults. */
  options?: Record<string, unknown>;
  /** Test AUC on the toy world that is never missed: the least of five seeds, less a margin. */
  floor: number;
  /** The model compares the candidate with the history and knows nothing else: without one, all candidates are alike. */
  historyAlone?: boolean;
  /** The model is a sum over features. In this world that says next to nothing: what is liked depends on who looks. */
  additive?: boolean;
}

/** Everything that a dataset has, to models that read ids alone by default. */
export const ALL_FEATURES = { modalities: "all", statistics: true, behaviour: true, age: true };

/**
 * The exam that every model of the registry passes: one suite of tests over a small world with one known answer, from the
 * prepared dataset to a ranked request. `name` is the model's, and what is special about its options behind a comma.
 *
 * @example
 * modelExam("mmdin, softmax weights", { options: { attention: { weights: "softmax" } }, floor: 0.7 });
 */
export function modelExam(
  name: string,
  { options = {}, floor, historyAlone = false, additive = false }: ExamOptions,
): void {
  describe(name, () => {
    let sitting: Sitting | undefined;
    const exam = (): Sitting => sitting!;
    beforeAll(async () => {
      sitting = await sit(name.split(",")[0]!, options);
    }, 180_000);
    afterAll(async () => sitting?.close());

    testCheckpoint(exam);
    testBatches(exam);
    testAbsence(exam, { historyAlone });
    testRanking(exam);
    testHiding(exam);

    test(`test AUC is above ${floor}`, () => {
      expect(exam().scored.evaluation.metrics.auc).toBeGreaterThan(floor);
    });

    test("test log-loss is below that of always answering with the label rate of training", ({ skip }) => {
      const { dataset, scored, counting } = exam();
      if (counting) skip("a model that counts has no such promise");
      if (additive) skip("a sum over features learns the people of training, and nothing of those that come later");
      const { train, test: rows } = dataset.rows;
      const rate = train.label.reduce((sum, label) => sum + label, 0) / train.count;
      const constant = new Float32Array(rows.count).fill(Math.log(rate / (1 - rate)));
      expect(scored.evaluation.metrics.logLoss).toBeLessThan(logLoss(constant, rows.label)!);
    });
  });
}

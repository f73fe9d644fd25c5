import { expect, test } from "vitest";
import { type Evaluation, SLICE_NAMES } from "../training/index.js";
import { renderEvaluation } from "./evaluation-table.js";

const metrics = { auc: 0.7, gauc: 0.6, logLoss: 0.6, prAuc: 0.5, accuracy: 0.7, ece: 0.01 };
const slice = { rows: 10, positives: 4, metrics };
const slices = Object.fromEntries(SLICE_NAMES.map((name) => [name, slice])) as Evaluation["slices"];
const calibration: Evaluation["calibration"] = {
  kind: "platt",
  shift: 0,
  before: { logLoss: 0.61, ece: 0.064, bins: [] },
  after: { logLoss: 0.6, ece: 0.021, bins: [] },
};
const evaluation = (coldStart: Evaluation["coldStart"]): Evaluation => ({
  model: "mmdin",
  split: "test",
  rows: 20,
  metrics,
  gaucDetail: { weighting: "impressions", groups: 5, skipped: 1 },
  slices: { ...slices, newUsers: { rows: 0, positives: 0, metrics } },
  coldStart,
  calibration,
});
const coldLine = (coldStart: Evaluation["coldStart"]): string[] =>
  renderEvaluation(evaluation(coldStart))
    .split("\n")
    .filter((line) => line.startsWith("cold items:"));

test("cold items are shown against their number of events so far, and chance", () => {
  expect(coldLine({ model: 0.703, popularity: 0.56125, chance: 0.5 })).toEqual([
    "cold items: AUC of the model 0.7030, by their number of events so far 0.5613, by chance 0.5000",
  ]);
});

test("the comparison is left out where it is not defined", () => {
  expect(coldLine({ model: 0.703, popularity: null, chance: 0.5 })).toEqual([
    "cold items: AUC of the model 0.7030, by chance 0.5000",
  ]);
  expect(coldLine({ model: null, popularity: null, chance: 0.5 })).toEqual([]);
});

test("a slice without rows has no line", () => {
  const text = renderEvaluation(evaluation({ model: null, popularity: null, chance: 0.5 }));
  expect(text).toContain("heavy users");
  expect(text).not.toMatch(/^.*new users +0/m);
});

test("what calibration did is one line, the correction for negatives left out included", () => {
  const lineOf = (change: Partial<Evaluation["calibration"]>): string | undefined =>
    renderEvaluation({
      ...evaluation({ model: null, popularity: null, chance: 0.5 }),
      calibration: { ...calibration, ...change },
    })
      .split("\n")
      .find((line) => line.startsWith("calibration:"));
  expect(lineOf({})).toBe("calibration: platt, ECE 0.0640 -> 0.0210, log-loss 0.6100 -> 0.6000");
  expect(lineOf({ shift: Math.log(0.25), before: null })).toBe(
    "calibration: platt, logits moved by -1.3863 for the negatives that training left out, ECE 0.0210, log-loss 0.6000",
  );
});

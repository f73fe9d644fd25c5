import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Dataset, requestOfRow } from "../src/index.js";
import { calibration, logLoss } from "../src/metrics/index.js";
import { loadModel } from "../src/serving/index.js";
import { type ScoredSplit, score, type TrainSummary, train } from "../src/training/index.js";
import { prepareToy } from "./exam/toy-world.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

// A din that is kept too long: its best AUC comes when it is far too sure of itself.
const OVERCONFIDENT = [
  ...["epochs=4", "monitor=auc", "batchSize=64", "evaluateEvery=1", "options.dimension=8", "schedule.kind=constant"],
  ...["optimizer.learningRate=0.03", "optimizer.weightDecay=0", "hide.id=0", "hide.feature=0", "hide.modality=0"],
];

const folder = mkdtempSync(join(tmpdir(), "mmdin-calibration-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Positions of rows, best first. */
const orderOf = (logits: Float32Array): number[] => [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b);

describe("an overconfident model", () => {
  const runs: Record<string, { summary: TrainSummary; scored: ScoredSplit }> = {};
  let dataset: Dataset;

  beforeAll(async () => {
    dataset = await prepareToy(at("toy"));
    for (const kind of ["none", "platt", "auto"]) {
      const set = [...OVERCONFIDENT, `calibration=${kind}`];
      const summary = await train({ data: dataset.directory, out: at(kind), model: "din", seed: 2, threads: 1, set });
      runs[kind] = { summary, scored: await score({ run: at(kind), threads: 1 }) };
    }
  });

  test("has its test log-loss lowered by a twentieth and its ECE by .05 by auto, which says what it chose and why", () => {
    const { summary, scored } = runs.auto!;
    const { kind, before, after, shift } = scored.evaluation.calibration;
    // Which of the two depends on the last bits of a training at this rate.
    expect(["platt", "isotonic"]).toContain(kind);
    expect(shift).toBe(0);
    expect(after.logLoss!).toBeLessThan(0.95 * before!.logLoss!);
    expect(after.ece!).toBeLessThan(before!.ece! - 0.05);
    expect([after.bins.length, before!.bins.length]).toEqual([15, 15]);
    expect(scored.evaluation.metrics.logLoss).toBeCloseTo(after.logLoss!, 12);
    const { trials, rows } = summary.calibration!.validation;
    expect(rows).toBe(dataset.rows.valid.count);
    expect(trials.map((trial) => trial.kind)).toEqual(["none", "platt", "isotonic"]);
    expect(trials[0]!.behind).toBeGreaterThan(trials[0]!.standardError);
    const log = readFileSync(join(at("auto"), "log.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(JSON.parse(log.at(-1)!)).toEqual({ kind: "calibration", calibration: summary.calibration });
  });

  test("keeps its ranks whatever the kind: the same order of all test rows, AUC and gAUC to 1e-6", () => {
    const { scored: raw } = runs.none!;
    expect(raw.rawLogits).toEqual(raw.logits);
    expect(raw.evaluation.calibration.after).toEqual(raw.evaluation.calibration.before);
    for (const kind of ["platt", "auto"]) {
      const { scored } = runs[kind]!;
      expect(scored.rawLogits).toEqual(raw.logits);
      const found = orderOf(scored.rawLogits).map((row) => scored.logits[row]!);
      expect(found.every((logit, i) => i === 0 || logit <= found[i - 1]!)).toBe(true);
      expect(scored.evaluation.metrics.auc).toBeCloseTo(raw.evaluation.metrics.auc!, 6);
      expect(scored.evaluation.metrics.gauc).toBeCloseTo(raw.evaluation.metrics.gauc!, 6);
    }
  });

  test("answers a request with the calibrated logit of its row, to 1e-5, whatever the kind", async () => {
    for (const kind of ["none", "platt", "auto"]) {
      const model = await loadModel(at(kind));
      const { logits } = runs[kind]!.scored;
      for (let row = 0; row < logits.length; row += 97) {
        const [ranked] = await model.rank(requestOfRow(dataset, { split: "test", row }));
        expect(Math.abs(ranked!.logit - logits[row]!), `${kind}, row ${row}`).toBeLessThan(1e-5);
        expect(Math.abs(ranked!.probability - 1 / (1 + Math.exp(-logits[row]!)))).toBeLessThan(1e-5);
      }
      await model.close();
    }
  });
});

describe("a dataset that keeps a quarter of its negatives in training and validation", () => {
  let dataset: Dataset;
  let scored: ScoredSplit;

  beforeAll(async () => {
    dataset = await prepareToy(at("thinned"), { more: "negatives: { keep: 0.25 }" });
    const set = ["epochs=3", "batchSize=64", "optimizer.learningRate=0.01"];
    await train({ data: dataset.directory, out: at("kept"), model: "din", threads: 1, set });
    scored = await score({ run: at("kept"), threads: 1 });
  });

  test("has log .25 added to the logits of test, whose ECE is then below half of what it is without", () => {
    const { shift, after } = scored.evaluation.calibration;
    expect(shift).toBeCloseTo(Math.log(0.25), 12);
    const without = calibration(
      scored.logits.map((logit) => logit - shift),
      dataset.rows.test.label,
    ).ece!;
    expect(without).toBeGreaterThan(0.15);
    expect(after.ece!).toBeLessThan(without / 2);
  });

  test("has the same shift in the logits before calibration, so that none of it is calibration's merit", async () => {
    const { shift, before } = scored.evaluation.calibration;
    const { label } = dataset.rows.test;
    expect(before!.logLoss).toBe(logLoss(scored.rawLogits, label));
    const shiftAlone = logLoss(
      scored.rawLogits.map((logit) => logit - shift),
      label,
    )!;
    expect(before!.logLoss!).toBeLessThan(shiftAlone - 0.05);
    const set = ["epochs=1", "batchSize=64", "calibration=none"];
    await train({ data: dataset.directory, out: at("kept-none"), model: "lr", threads: 1, set });
    const none = await score({ run: at("kept-none"), threads: 1 });
    expect(none.rawLogits).toEqual(none.logits);
    expect(none.evaluation.calibration.after).toEqual(none.evaluation.calibration.before);
  });

  test("leaves the scores of a model that counts as they are: they are no logits", async () => {
    const run = at("kept-counted");
    const { calibration: own } = await train({ data: dataset.directory, out: run, model: "popularity", threads: 1 });
    if (own?.kind !== "platt") throw new Error(own?.kind);
    const { evaluation, rawLogits, logits } = await score({ run, threads: 1 });
    expect(evaluation.calibration.before).toBeNull();
    expect(logits[7]!).toBeCloseTo(own.slope * rawLogits[7]! + own.offset + Math.log(0.25), 5);
  });

  test("measures validation at the rate that it is stored at, without the shift", async () => {
    const valid = await score({ run: at("kept"), split: "valid", threads: 1 });
    expect(valid.evaluation.calibration.shift).toBe(0);
    const { label } = dataset.rows.valid;
    const rate = label.reduce((sum, one) => sum + one, 0) / label.length;
    const mean = valid.logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0) / label.length;
    expect(Math.abs(mean - rate)).toBeLessThan(0.1);
  });

  test("answers requests with the shift: the logits of test rows to 1e-5", async () => {
    const model = await loadModel(at("kept"));
    for (let row = 3; row < scored.logits.length; row += 67) {
      const [ranked] = await model.rank(requestOfRow(dataset, { split: "test", row }));
      expect(Math.abs(ranked!.logit - scored.logits[row]!), `row ${row}`).toBeLessThan(1e-5);
    }
    await model.close();
  });
});

test("popularity is calibrated by Platt whatever is asked for, and is not called calibrated before", async () => {
  await prepareToy(at("counted"));
  const set = ["calibration=none"];
  const run = at("popularity");
  const { calibration: own, best } = await train({
    data: at("counted/data"),
    out: run,
    model: "popularity",
    threads: 1,
    set,
  });
  if (own?.kind !== "platt") throw new Error(own?.kind);
  expect(own.slope).toBeGreaterThan(0);
  expect(own.validation.before).toBeNull();
  expect(own.validation.after.logLoss).toBeCloseTo(best!.logLoss!, 12);
  const { evaluation, rawLogits, logits } = await score({ run, threads: 1 });
  expect(evaluation.calibration.before).toBeNull();
  expect(logits[7]!).toBeCloseTo(own.slope * rawLogits[7]! + own.offset, 5);
});

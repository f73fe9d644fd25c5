import { expect, test } from "vitest";
import type { RunCalibration } from "../training/index.js";
import { renderCalibration } from "./train-summary.js";

const trial = { ece: 0.02, behind: 0, standardError: 0 };
const validation: RunCalibration["validation"] = {
  rows: 1000,
  before: { logLoss: 0.5557, ece: 0.0315 },
  after: { logLoss: 0.5517, ece: 0.0124 },
  trials: [
    { ...trial, kind: "none", logLoss: 0.5461 },
    { ...trial, kind: "platt", logLoss: 0.5447 },
  ],
};

test("the calibration is one line: what was chosen, the error before and after, how each kind did on rows held out", () => {
  expect(renderCalibration({ kind: "platt", slope: 0.8, offset: 0, asked: "auto", validation })).toBe(
    "calibration: platt (auto), ECE on validation 0.0315 -> 0.0124; log-loss on rows held out of it none 0.5461, platt 0.5447",
  );
});

test("of a counting model there is no error before, and where nothing could be compared it says so", () => {
  const counted = { ...validation, before: null, trials: [] };
  expect(renderCalibration({ kind: "platt", slope: 0.8, offset: 0, asked: "platt", validation: counted })).toBe(
    "calibration: platt, ECE 0.0124 on validation",
  );
  expect(renderCalibration({ kind: "none", asked: "auto", validation: { ...validation, trials: [] } })).toBe(
    "calibration: none (auto), ECE on validation 0.0315 -> 0.0124; too few people or labels to compare kinds",
  );
});

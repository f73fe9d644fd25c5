import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { accuracy } from "./accuracy.js";
import { auc } from "./auc.js";
import { calibration } from "./calibration.js";
import { gauc } from "./gauc.js";
import { logLoss } from "./log-loss.js";
import { prAuc } from "./pr-auc.js";
import { evaluateScores } from "./report.js";

const rows = randomRows(900, { levels: 60, groups: 70, seed: 21 });
const label = rows.labels;
const user = rows.groups;
const even = Uint8Array.from({ length: 900 }, (_, i) => (i % 2 === 0 ? 1 : 0));
const none = new Uint8Array(900);

test("every indicator equals its own function, over all rows and over the 450 even ones", () => {
  const report = evaluateScores({ logits: rows.scores, label, user, slices: { even } }, { weighting: "clicks" });
  const pick = (column: Float32Array | Uint8Array | Int32Array) => [...column].filter((_, i) => i % 2 === 0);
  const expected = (logits: Float32Array, labels: Uint8Array, groups: Int32Array) => ({
    auc: auc(logits, labels),
    gauc: gauc(logits, { labels, groups, weighting: "clicks" }).value,
    logLoss: expect.closeTo(logLoss(logits, labels)!, 12),
    prAuc: prAuc(logits, labels),
    accuracy: accuracy(logits, labels),
    ece: calibration(logits, labels).ece,
  });
  expect(report.rows).toBe(900);
  expect(report.metrics).toEqual(expected(rows.scores, label, user));
  const slice = report.slices.even;
  const halves = [
    Float32Array.from(pick(rows.scores)),
    Uint8Array.from(pick(label)),
    Int32Array.from(pick(user)),
  ] as const;
  expect(slice.metrics).toEqual(expected(...halves));
  expect([slice.rows, slice.positives]).toEqual([450, pick(label).reduce((a, b) => a + b, 0)]);
  const { groups, skipped } = gauc(rows.scores, { labels: label, groups: user });
  expect(report.gaucDetail).toEqual({ weighting: "clicks", groups, skipped });
});

test("an empty slice has 0 rows and null for every indicator", () => {
  const { slices } = evaluateScores({ logits: rows.scores, label, user, slices: { emptyHistory: none } });
  const metrics = { auc: null, gauc: null, logLoss: null, prAuc: null, accuracy: null, ece: null };
  expect(slices.emptyHistory).toEqual({ rows: 0, positives: 0, metrics });
});

test("64-bit logits and no rows at all are measured too: 0 rows, no group", () => {
  const logits = Float64Array.from(rows.scores);
  expect(evaluateScores({ logits, label, user, slices: { even } }).slices.even.rows).toBe(450);
  const empty = { logits: new Float32Array(0), label: new Uint8Array(0), user: new Int32Array(0), slices: {} };
  expect(evaluateScores(empty).gaucDetail).toEqual({ weighting: "impressions", groups: 0, skipped: 0 });
});

test("a mask of another length is refused by name", () => {
  const columns = { logits: rows.scores, label, user, slices: { coldItems: new Uint8Array(3) } };
  expect(() => evaluateScores(columns)).toThrow(
    "evaluateScores: columns of different lengths: expected 900 rows, as in logits, got 3 in coldItems",
  );
});

import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { calibration } from "./calibration.js";

const logit = (p: number) => Math.log(p / (1 - p));

test("two bins by hand: .2 predicted and half positive, .9 predicted and all positive, is an error of .2", () => {
  const logits = Float64Array.from([0.9, 0.2, 0.9, 0.2], logit);
  const { ece, bins } = calibration(logits, Uint8Array.of(1, 0, 1, 1), { bins: 2 });
  expect(ece).toBeCloseTo((0.3 + 0.1) / 2, 12);
  expect(bins.map((bin) => bin.rows)).toEqual([2, 2]);
  expect(bins[0]!.probability).toBeCloseTo(0.2, 12);
  expect(bins.map((bin) => bin.rate)).toEqual([0.5, 1]);
  expect(bins[1]!.lowest).toBeCloseTo(0.9, 12);
});

test("one constant prediction of .3 over rows of rate .5 is an error of .2, whatever the order of the labels", () => {
  const logits = new Float64Array(100).fill(logit(0.3));
  const first = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0));
  expect(calibration(logits, first).ece).toBeCloseTo(0.2, 12);
  expect(calibration(logits, first.slice().reverse()).ece).toBeCloseTo(0.2, 12);
});

test("bins are of equal mass: 100 rows in 15 bins are 6 or 7 rows each, 4 rows are 4 bins", () => {
  const rows = randomRows(100, { levels: 1e9, seed: 1 });
  const sizes = calibration(rows.scores, rows.labels).bins.map((bin) => bin.rows);
  expect(sizes).toHaveLength(15);
  expect(Math.min(...sizes)).toBe(6);
  expect(Math.max(...sizes)).toBe(7);
  expect(calibration(Float32Array.of(1, 2, 3, 4), Uint8Array.of(0, 1, 0, 1)).bins).toHaveLength(4);
});

test("equals a slow count with every label replaced by the mean of its tied rows", () => {
  for (const levels of [3, 20, 1e9]) {
    const { scores, labels } = randomRows(487, { levels, seed: levels });
    const rows = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
    const share = rows.map((row) => {
      const tied = rows.filter((other) => scores[other] === scores[row]);
      return tied.reduce((sum, other) => sum + labels[other]!, 0) / tied.length;
    });
    let expected = 0;
    for (let bin = 0; bin < 15; bin++) {
      let gap = 0;
      for (let i = Math.floor((bin * 487) / 15); i < Math.floor(((bin + 1) * 487) / 15); i++) {
        gap += 1 / (1 + Math.exp(-scores[rows[i]!]!)) - share[i]!;
      }
      expected += Math.abs(gap) / 487;
    }
    expect(calibration(scores, labels).ece).toBeCloseTo(expected, 12);
  }
});

test("no rows is null and no bins", () => {
  expect(calibration(new Float32Array(0), new Uint8Array(0))).toEqual({ ece: null, bins: [] });
});

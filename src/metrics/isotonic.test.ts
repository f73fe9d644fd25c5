import { describe, expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { auc } from "./auc.js";
import { fitIsotonic, poolAdjacentViolators } from "./isotonic.js";
import { applyLogitMap } from "./logit-map.js";
import { fitPlatt } from "./platt.js";

/** fitted_i = max over a <= i of min over b >= i of the mean of labels a to b, over rows of distinct logit. */
function minMax(labels: Uint8Array): number[] {
  const sums = [0];
  for (const label of labels) sums.push(sums.at(-1)! + label);
  return Array.from(labels, (_, i) => {
    let most = 0;
    for (let a = 0; a <= i; a++) {
      let least = 1;
      for (let b = i; b < labels.length; b++) least = Math.min(least, (sums[b + 1]! - sums[a]!) / (b + 1 - a));
      most = Math.max(most, least);
    }
    return most;
  });
}

describe("pool adjacent violators", () => {
  test("gives the min-max formula of isotonic regression to 1e-12, on 20 random tables of 120 rows", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { labels } = randomRows(120, { seed });
      const logits = Float64Array.from(labels, (_, i) => i / 7 - 3);
      const fitted = poolAdjacentViolators(logits, labels).flatMap(({ rows, positives }) =>
        Array.from({ length: rows }, () => positives / rows),
      );
      minMax(labels).forEach((expected, i) => {
        expect(fitted[i], `seed ${seed}, row ${i}`).toBeCloseTo(expected, 12);
      });
    }
  });

  test("rows of equal logit are one block whatever their order: 2 of 3 at 0, then 1 of 1 at 1", () => {
    const blocks = poolAdjacentViolators(Float32Array.of(1, 0, 0, 0), Uint8Array.of(1, 1, 0, 1));
    expect(blocks).toEqual([
      { rows: 3, positives: 2, sum: 0 },
      { rows: 1, positives: 1, sum: 1 },
    ]);
  });
});

describe("the isotonic map", () => {
  test("has the smoothed rate of each block at its mean logit: 1 of 4 at -1, 3 of 4 at 2", () => {
    const logits = Float32Array.of(-2, -1, -1, 0, 1, 2, 2, 3);
    const map = fitIsotonic(logits, Uint8Array.of(0, 0, 1, 0, 1, 1, 0, 1), { rows: 4 })!;
    expect(map.from).toEqual([-1, 2]);
    expect(map.to).toEqual([Math.fround(Math.log(2 / 4)), Math.fround(Math.log(4 / 2))]);
  });

  test("goes on with the slope of Platt's line outside of its knots, and is a line where it has one", () => {
    const [logits, labels] = [Float32Array.of(-1, 1, -1, 1), Uint8Array.of(1, 1, 0, 1)];
    const map = fitIsotonic(logits, labels, { rows: 4 })!;
    expect(map.from).toEqual([0]);
    const { slope } = fitPlatt(logits, labels);
    expect(slope).toBeGreaterThan(0.1);
    const [low, high] = applyLogitMap(Float64Array.of(-30, 12), { kind: "isotonic", ...map });
    expect(low).toBeCloseTo(Math.log(4 / 2) - 30 * slope, 5);
    expect(high).toBeCloseTo(Math.log(4 / 2) + 12 * slope, 5);
  });

  test("does not leave an overconfident model overconfident at its ends: slope 1/4 there within .03, where truth is logit / 4", () => {
    const { uniform } = randomRows(12_000, { seed: 5 });
    const logits = Float64Array.from({ length: 6000 }, (_, i) => 16 * uniform[i]! - 8);
    const labels = Uint8Array.from(logits, (x, i) => (uniform[6000 + i]! < 1 / (1 + Math.exp(-x / 4)) ? 1 : 0));
    expect(Math.abs(fitIsotonic(logits, labels)!.outside - 0.25)).toBeLessThan(0.03);
  });

  test("ascends strictly, has at least 50 rows a knot and at most 64 knots, on 30 tables of 60 to 20,000 rows", () => {
    for (let seed = 0; seed < 30; seed++) {
      const count = Math.round(60 * 333 ** (seed / 29));
      const { scores, labels } = randomRows(count, { levels: seed % 3 === 0 ? 12 : 1e9, seed });
      const { from, to, outside } = fitIsotonic(scores, labels)!;
      expect(outside).toBeGreaterThan(0);
      expect(from.length).toBeLessThanOrEqual(Math.min(64, Math.floor(count / 50)));
      for (let k = 1; k < from.length; k++) {
        expect(from[k]!).toBeGreaterThan(from[k - 1]!);
        expect(to[k]!).toBeGreaterThan(to[k - 1]!);
      }
    }
  });

  test("leaves AUC as it is to 1e-6, where plain isotonic regression would tie the rows of a block", () => {
    const { scores, labels } = randomRows(3000, { levels: 1e9, seed: 3 });
    const map = fitIsotonic(scores, labels)!;
    expect(map.from.length).toBeGreaterThan(5);
    const after = auc(applyLogitMap(scores, { kind: "isotonic", ...map }), labels)!;
    expect(Math.abs(after - auc(scores, labels)!)).toBeLessThan(1e-6);
  });

  test("finds a distortion of no simple shape again: 40,000 rows drawn from sinh(x) / 4, within .25 where rows are many", () => {
    const { uniform } = randomRows(80_000, { seed: 8 });
    const truth = (x: number): number => Math.sinh(x) / 4;
    const logits = Float64Array.from({ length: 40_000 }, (_, i) => 6 * uniform[i]! - 3);
    const labels = Uint8Array.from(logits, (x, i) => (uniform[40_000 + i]! < 1 / (1 + Math.exp(-truth(x))) ? 1 : 0));
    const map = fitIsotonic(logits, labels)!;
    const asked = Float64Array.from({ length: 51 }, (_, i) => -2.5 + i / 10);
    applyLogitMap(asked, { kind: "isotonic", ...map }).forEach((found, i) => {
      expect(Math.abs(found - truth(asked[i]!)), `at ${asked[i]}`).toBeLessThan(0.25);
    });
  });

  test("is not defined on no rows, on one class, and on an infinite logit", () => {
    expect(fitIsotonic(new Float32Array(0), new Uint8Array(0))).toBeUndefined();
    expect(fitIsotonic(Float32Array.of(1, 2), Uint8Array.of(1, 1))).toBeUndefined();
    expect(fitIsotonic(Float32Array.of(1, Infinity), Uint8Array.of(0, 1))).toBeUndefined();
  });
});

import { expect, test } from "vitest";
import { plainAuc } from "../../test/metrics/plain-auc.js";
import { pairwiseAuc, randomRows } from "../../test/metrics/random-rows.js";
import { auc } from "./auc.js";

test("the textbook example of four rows is .75", () => {
  expect(auc(Float32Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))).toBe(0.75);
});

test("a tie of a positive and a negative counts half: two rows of one score are .5", () => {
  expect(auc(Float32Array.of(2, 2), Uint8Array.of(1, 0))).toBe(0.5);
  expect(auc(Float32Array.of(1, 2, 2, 3), Uint8Array.of(0, 1, 0, 1))).toBe(3.5 / 4);
});

test("-0 and 0 are one score", () => {
  expect(auc(Float32Array.of(-0, 0), Uint8Array.of(0, 1))).toBe(0.5);
});

test("one class only, or no rows, is null", () => {
  expect(auc(Float32Array.of(1, 2), Uint8Array.of(1, 1))).toBeNull();
  expect(auc(Float32Array.of(1, 2), Uint8Array.of(0, 0))).toBeNull();
  expect(auc(new Float32Array(0), new Uint8Array(0))).toBeNull();
});

test("equals the count over all pairs on random rows with many, some and no ties", () => {
  for (const levels of [2, 7, 100, 1e9]) {
    const { scores, labels } = randomRows(701, { levels, seed: levels });
    const expected = pairwiseAuc(scores, labels);
    expect(auc(scores, labels)).toBeCloseTo(expected, 14);
    expect(auc(Float64Array.from(scores), labels)).toBeCloseTo(expected, 14);
  }
});

test("rows already sorted give .75 without a sort", () => {
  expect(auc(Float32Array.of(0.1, 0.35, 0.4, 0.8), Uint8Array.of(0, 1, 0, 1), { sorted: true })).toBe(0.75);
});

test("200,000 rows of one class each side stay exact: the area is 1", () => {
  const scores = Float32Array.from({ length: 200_000 }, (_, i) => i);
  expect(
    auc(
      scores,
      Uint8Array.from({ length: 200_000 }, (_, i) => (i >= 100_000 ? 1 : 0)),
    ),
  ).toBe(1);
});

test("columns of different lengths are refused with both lengths", () => {
  expect(() => auc(Float32Array.of(1, 2), Uint8Array.of(1))).toThrow(
    "auc: columns of different lengths: expected 2 rows, as in scores, got 1 in labels",
  );
});

const MANY = 100_003;

test("100,003 rows equal the plain sort with ranks, with few ties, many ties and two scores only", () => {
  for (const levels of [2, 1000, 1e9]) {
    const { scores, labels } = randomRows(MANY, { levels, seed: levels });
    const expected = plainAuc(scores, labels);
    expect(auc(scores, labels)).toBeCloseTo(expected, 13);
    expect(
      auc(
        scores.map((score) => 2 ** -20 * score),
        labels,
      ),
    ).toBeCloseTo(expected, 13);
    expect(auc(Float64Array.from(scores), labels)).toBe(auc(scores, labels));
  }
});

test("both zeros, both infinities, the least and the largest numbers rank as numbers do, in 100,003 rows", () => {
  const special = [0, -0, 1e-45, -1e-45, 1e-40, -1e-40, 3.4e38, -3.4e38, Infinity, -Infinity, 1, 1 + 2 ** -23, -1];
  const { labels, uniform } = randomRows(MANY, { seed: 8 });
  const scores = Float32Array.from(uniform, (u) => special[Math.floor(u * special.length)]!);
  const ranks = Float32Array.from(scores, (score) =>
    [...special].sort((a, b) => a - b).findIndex((one) => Math.fround(one) === score),
  );
  expect(auc(scores, labels)).toBeCloseTo(plainAuc(ranks, labels), 13);
});

test("100,003 rows of one score, both zeros among them, are exactly .5; of one class they are null", () => {
  const zeros = Float32Array.from({ length: MANY }, (_, i) => (i % 3 === 0 ? -0 : 0));
  const { labels } = randomRows(MANY, { seed: 9 });
  expect(auc(zeros, labels)).toBe(0.5);
  expect(auc(zeros, new Uint8Array(MANY))).toBeNull();
  expect(auc(zeros, new Uint8Array(MANY).fill(1))).toBeNull();
});

test("a view into a larger buffer is counted by its own 100,000 rows, and neither column is changed", () => {
  const { scores, labels } = randomRows(MANY, { levels: 1e9, seed: 10 });
  const [before, labelsBefore] = [scores.slice(), labels.slice()];
  expect(auc(scores.subarray(3), labels.subarray(3))).toBeCloseTo(plainAuc(scores.slice(3), labels.slice(3)), 13);
  expect(scores.findIndex((score, i) => score !== before[i])).toBe(-1);
  expect(labels.findIndex((label, i) => label !== labelsBefore[i])).toBe(-1);
});

test("a NaN of either sign among 3 or 100,003 rows is refused with its row", () => {
  for (const count of [3, MANY]) {
    for (const bits of [0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff]) {
      const scores = new Float32Array(count).fill(2, 0, 1);
      new Uint32Array(scores.buffer)[2] = bits;
      expect(() => auc(scores, new Uint8Array(count))).toThrow(
        "row 2: a score is not a number: expected a number, got NaN",
      );
    }
  }
});

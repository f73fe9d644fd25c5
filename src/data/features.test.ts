import { expect, test } from "vitest";
import { codeArray, encodeCategory, encodeFeature, fitNormaliser, normalise } from "./features.js";

const rating = { name: "rating", kind: "category", vocabulary: ["0.5", "4", "true"] } as const;

test("a category becomes its code: 0 missing, 1 unknown, values from 2 on", () => {
  const { vocabulary } = rating;
  expect(["0.5", "4", "5", "", null, undefined].map((value) => encodeCategory(vocabulary, value))).toEqual([
    2, 3, 1, 0, 0, 0,
  ]);
});

test("numbers and booleans are found as they were written at prepare", () => {
  const schema = { ...rating, vocabulary: [...rating.vocabulary] };
  expect([4, 0.5, true, 3].map((value) => encodeFeature(schema, value))).toEqual([3, 2, 4, 1]);
});

test("a number stays raw, and what is none is missing", () => {
  const schema = { name: "age", kind: "number", normaliser: { log: false, mean: 0, std: 1 } } as const;
  expect([3, "2.5", null, "", "old", Number.POSITIVE_INFINITY].map((value) => encodeFeature(schema, value))).toEqual([
    3,
    2.5,
    Number.NaN,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

test("a date given for a number is its seconds, as at prepare", () => {
  const schema = { name: "seen", kind: "number", normaliser: { log: false, mean: 0, std: 1 } } as const;
  expect(encodeFeature(schema, "2018-01-01")).toBe(1514764800);
});

test("a symmetric number is normalised to mean 0 and deviation 1", () => {
  const normaliser = fitNormaliser(Float32Array.of(1, 2, 3, Number.NaN));
  expect(normaliser).toEqual({ log: false, mean: 2, std: Math.sqrt(2 / 3) });
  expect(normalise(normaliser, 3)).toBeCloseTo(1.2247, 4);
  expect(normalise(normaliser, Number.NaN)).toBeNaN();
});

test("a skewed number that is never negative goes on a log scale", () => {
  const values = Float32Array.from({ length: 200 }, (_, k) => Math.exp(k / 20));
  const normaliser = fitNormaliser(values);
  expect(normaliser.log).toBe(true);
  const back = Array.from(values, (value) => normalise(normaliser, value));
  expect(back.reduce((sum, value) => sum + value, 0) / 200).toBeCloseTo(0, 6);
  expect(normalise(normaliser, -5)).toBe(normalise(normaliser, 0));
});

test("a skewed number with negative values keeps its scale", () => {
  const values = Float32Array.from({ length: 200 }, (_, k) => Math.exp(k / 20) - 5);
  expect(fitNormaliser(values).log).toBe(false);
});

test("a constant and an empty column get deviation 1", () => {
  expect(fitNormaliser(Float32Array.of(7, 7, 7))).toEqual({ log: false, mean: 7, std: 1 });
  expect(fitNormaliser(new Float32Array(0))).toEqual({ log: false, mean: 0, std: 1 });
});

test("codes take the narrowest array that holds them", () => {
  expect([256, 257, 65_536, 65_537].map((limit) => codeArray(1, limit).constructor.name)).toEqual([
    "Uint8Array",
    "Uint16Array",
    "Uint16Array",
    "Int32Array",
  ]);
});

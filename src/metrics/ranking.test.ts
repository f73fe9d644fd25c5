import { expect, test } from "vitest";
import { hitRate } from "./hit-rate.js";
import { mrr } from "./mrr.js";
import { ndcg } from "./ndcg.js";

const ranks = Float64Array.of(1, 3, 10, 10.5, 50);

test("HR@10 counts ranks up to 10 and not 10.5: 3 of 5", () => {
  expect(hitRate(ranks, { k: 10 })).toBe(0.6);
  expect(hitRate(ranks, { k: 1 })).toBe(0.2);
});

test("NDCG@10 is the mean of 1 / log2(1 + rank): (1 + .5 + .28906) / 5", () => {
  expect(ndcg(ranks, { k: 10 })).toBeCloseTo((1 + 0.5 + 0.2890648263178879) / 5, 14);
});

test("MRR is the mean of 1 / rank, MRR@10 leaves the later ones out", () => {
  expect(mrr(ranks)).toBeCloseTo((1 + 1 / 3 + 0.1 + 1 / 10.5 + 0.02) / 5, 14);
  expect(mrr(ranks, { k: 10 })).toBeCloseTo((1 + 1 / 3 + 0.1) / 5, 14);
});

test("no lists is null", () => {
  const none = new Float64Array(0);
  expect([hitRate(none, { k: 10 }), ndcg(none, { k: 10 }), mrr(none)]).toEqual([null, null, null]);
});

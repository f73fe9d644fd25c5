import { expect, test } from "vitest";
import type { ModalityColumn } from "../../data/columns.js";
import { nearestSteps } from "./nearest-steps.js";

const look: ModalityColumn = {
  name: "look",
  kind: "vector",
  dimension: 2,
  row: Int32Array.of(-1, 0, 1, 2, 3, -1, 4),
  values: Float32Array.of(1, 0, 0.8, 0.6, 3, 0, 0, 0, -1, 0),
};
const price: ModalityColumn = {
  name: "price",
  kind: "number",
  normaliser: { log: false, mean: 0, std: 1 },
  values: new Float32Array(7),
};
const catalogue = { modalities: [price, look] };

test("the step with the largest cosine, of equal ones the latest; a vector of zeros has cosine 0", () => {
  expect(nearestSteps(catalogue, { candidate: 1, items: [2, 6, 4] })).toEqual([
    { modality: "look", step: 0, cosine: expect.closeTo(0.8, 6) },
  ]);
  expect(nearestSteps(catalogue, { candidate: 1, items: [3, 2, 1] })).toMatchObject([{ step: 2, cosine: 1 }]);
  expect(nearestSteps(catalogue, { candidate: 4, items: [1, 6] })).toMatchObject([{ step: 1, cosine: 0 }]);
  expect(nearestSteps(catalogue, { candidate: 1, items: [6] })).toMatchObject([{ step: 0, cosine: -1 }]);
});

test("nothing where the candidate, or every step, lacks the modality", () => {
  expect(nearestSteps(catalogue, { candidate: 5, items: [1, 2] })).toEqual([]);
  expect(nearestSteps(catalogue, { candidate: 1, items: [5, 0] })).toEqual([]);
  expect(nearestSteps(catalogue, { candidate: 1, items: [] })).toEqual([]);
  expect(nearestSteps(catalogue, { candidate: 1, items: [5, 2] })).toMatchObject([{ step: 1 }]);
});

import { expect, test } from "vitest";
import { floats, ints, largestGap } from "../../test/graph/evaluate.js";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { AGE_BUCKETS } from "../data/batch-inputs.js";
import { encodeBehaviour } from "./behaviour.js";
import { Builder } from "./builder.js";

const D = 2;
const feeds = {
  "stepPlaces:rating": ints([1, 3], [1, 0, 1]),
  "stepNumber:seconds": floats([1, 3], [0.5, 0, -2]),
  "stepPresent:seconds": floats([1, 3], [1, 0, 1]),
  age: ints([1, 3], [0, 23, 5]),
};

test("a step carries its category's row, its number through a linear layer, and its age's row, side by side", async () => {
  const { out, weights } = await runLayer(
    (builder) => ({ y: encodeBehaviour(builder, smallCatalogue, { dimension: D, age: true, std: 0.05 })! }),
    { feeds, letters: { S_rating: 2 } },
  );
  const steps = rowsOf(out.y!, 3 * D);
  const [ratings, ages] = [rowsOf(weights["step.rating@step"]!, D), rowsOf(weights["step.age"]!, D)];
  const seconds = (x: number): number[] =>
    [0, 1].map((d) => x * weights["step.seconds.weight"]![d]! + weights["step.seconds.bias"]![d]!);
  expect(largestGap(steps[0]!, [...ratings[1]!, ...seconds(0.5), ...ages[0]!])).toBeLessThan(1e-6);
  expect(largestGap(steps[2]!, [...ratings[1]!, ...seconds(-2), ...ages[5]!])).toBeLessThan(1e-6);
  expect(ages).toHaveLength(AGE_BUCKETS);
});

test("a missing number is the learned absent vector", async () => {
  const { out, weights } = await runLayer(
    (builder) => ({
      y: encodeBehaviour(builder, smallCatalogue, { dimension: D, age: false, std: 0.05, features: ["seconds"] })!,
    }),
    { feeds },
  );
  expect(rowsOf(out.y!, D)[1]).toEqual(weights["step.seconds.absent"]);
});

test("a step that knows nothing has no behaviour at all", () => {
  const builder = new Builder({ training: false });
  expect(encodeBehaviour(builder, smallCatalogue, { dimension: D, age: false, std: 0.05, features: [] })).toBeNull();
  expect(builder.plan).toEqual({ inputs: [], tables: [] });
});

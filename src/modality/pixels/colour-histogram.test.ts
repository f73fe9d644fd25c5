import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { colourHistogram, HISTOGRAM_LENGTH } from "./colour-histogram.js";

/** The shares by bin that are not 0. */
function shares(...colours: [number, number, number][]): Record<number, number> {
  const found: Record<number, number> = {};
  colourHistogram(Float32Array.from(colours.flat())).forEach((root, bin) => {
    if (root > 0) found[bin] = Number((root * root).toFixed(4));
  });
  return found;
}

test("the shares sum to 1, so the vector has length 1, whatever the colours", () => {
  const random = new RandomStream(1, "colours");
  const lab = Float32Array.from({ length: 3000 }, (_, i) =>
    i % 3 ? 260 * random.uniform() - 130 : 100 * random.uniform(),
  );
  const histogram = colourHistogram(lab);
  expect(histogram).toHaveLength(245);
  expect(histogram.reduce((sum, root) => sum + root * root, 0)).toBeCloseTo(1, 5);
});

test("a colour on the centre of a bin counts in that bin alone", () => {
  // Lightness 50 is bin 2 of 5, a = b = 0 bin 3 of 7.
  expect(shares([50, 0, 0])).toEqual({ [(2 * 7 + 3) * 7 + 3]: 1 });
  expect(shares([0, -64, -64])).toEqual({ 0: 1 });
  expect(shares([100, 64, 64])).toEqual({ [HISTOGRAM_LENGTH - 1]: 1 });
});

test("a colour between centres is shared by its distance to them", () => {
  // A quarter of the way from lightness 50 to 75, and half of the way from b = 0 to 64 / 3.
  const grey = (2 * 7 + 3) * 7 + 3;
  expect(shares([56.25, 0, 32 / 3])).toEqual({
    [grey]: 0.375,
    [grey + 1]: 0.375,
    [grey + 49]: 0.125,
    [grey + 50]: 0.125,
  });
});

test("two colours of half the pixels each have half of the histogram, and stronger colours than the last centre count there", () => {
  expect(shares([0, -64, -64], [100, 98, 94])).toEqual({ 0: 0.5, [HISTOGRAM_LENGTH - 1]: 0.5 });
});

import { expect, test } from "vitest";
import { colourLayout, LAYOUT_LENGTH } from "./colour-layout.js";

test("each cell has the mean of its pixels, rows of cells before columns", () => {
  // 8 x 8 pixels: lightness is the column, a the row, b always 7.
  const lab = Float32Array.from({ length: 64 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % 8, Math.floor(pixel / 8), 7][i % 3]!;
  });
  const layout = colourLayout(lab, { side: 8 });
  expect(layout).toHaveLength(LAYOUT_LENGTH);
  expect([...layout.subarray(0, 6)]).toEqual([0.5, 0.5, 7, 2.5, 0.5, 7]);
  expect([...layout.subarray(45, 48)]).toEqual([6.5, 6.5, 7]);
});

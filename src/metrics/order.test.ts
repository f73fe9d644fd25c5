import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { gather, sortByScore } from "./order.js";

const special = [0, -0, 1, -1, 1e-40, -1e-40, 100, -100, 1e4, -1e4, Infinity, -Infinity, 3.5, 3.5];

test("32-bit scores sort as numbers do, zeros of both signs side by side", () => {
  const { scores, order } = sortByScore(Float32Array.from(special));
  expect(Array.from(scores)).toEqual(Array.from(Float32Array.from(special)).sort((a, b) => a - b || sign(a) - sign(b)));
  expect(Array.from(gather(Int32Array.from(special.keys()), order))).toEqual([
    11, 9, 7, 3, 5, 1, 0, 4, 2, 12, 13, 6, 8, 10,
  ]);
});

test("64-bit scores sort as numbers do, and numbers that 32 bits cannot tell apart are told apart", () => {
  const values = [...special, 1 + 1e-12, 1 - 1e-12, -1 - 1e-12, -1 + 1e-12];
  const { scores, order } = sortByScore(Float64Array.from(values));
  expect(Array.from(scores)).toEqual([...values].sort((a, b) => a - b || sign(a) - sign(b)));
  expect(Array.from(order)).toEqual([11, 9, 7, 16, 3, 17, 5, 1, 0, 4, 15, 2, 14, 12, 13, 6, 8, 10]);
});

test("5,000 random scores come out ascending, ties in row order, for both widths", () => {
  const { scores } = randomRows(5000, { levels: 700, seed: 3 });
  for (const column of [scores, Float64Array.from(scores)]) {
    const { order } = sortByScore(column);
    const expected = [...column.keys()].sort((a, b) => column[a]! - column[b]! || a - b);
    expect(Array.from(order)).toEqual(expected);
  }
});

test("no rows and one row come back as they are", () => {
  expect(sortByScore(new Float32Array(0)).order.length).toBe(0);
  expect(Array.from(sortByScore(Float64Array.of(7)).scores)).toEqual([7]);
});

test("a view into a larger buffer is sorted by its own values", () => {
  const buffer = Float32Array.of(9, 9, 3, 1, 2);
  expect(Array.from(sortByScore(buffer.subarray(2)).scores)).toEqual([1, 2, 3]);
});

test("a NaN score is refused with its row", () => {
  expect(() => sortByScore(Float32Array.of(1, Number.NaN))).toThrow(
    "row 1: a score is not a number: expected a number, got NaN",
  );
});

function sign(x: number): number {
  return Object.is(x, -0) ? -1 : 1;
}

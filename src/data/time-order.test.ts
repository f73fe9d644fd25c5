import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import { timeOrder } from "./time-order.js";

function expected(time: Float64Array): number[] {
  return Array.from(time, (_, k) => k).sort((a, b) => time[a]! - time[b]! || a - b);
}

const random = new RandomStream(1);

test.each([
  ["one", () => 5],
  ["seconds with many ties", () => 1_500_000_000 + random.below(50)],
  ["seconds over decades", () => random.below(2 ** 31)],
  ["whole numbers wider than 32 bits", () => random.below(2 ** 31) * 4096],
  ["fractions", () => random.uniform() * 1e9],
  ["negative fractions and zero", () => Math.round(random.normal() * 4) / 3],
  ["positions", () => random.below(30)],
])("%s are ordered by time, ties by index", (_, draw) => {
  const time = Float64Array.from({ length: 3001 }, draw);
  expect([...timeOrder(time)]).toEqual(expected(time));
});

test("-0 and 0 are equal", () => {
  expect([...timeOrder(Float64Array.of(0.5, 0, -0, -0.5))]).toEqual([3, 1, 2, 0]);
});

test("nothing has an empty order", () => {
  expect(timeOrder(new Float64Array(0))).toHaveLength(0);
});

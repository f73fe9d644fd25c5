import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import { nearestVectors } from "./nearest-vectors.js";

test("the nearest come first by the cosine, whatever the lengths; the row asked for is left out", () => {
  const values = Float32Array.of(1, 0, 3, 4, -2, 0, 0, 0, 10, 0);
  const near = nearestVectors(values, { dimension: 2, query: 0, count: 9 });
  expect(near.map(({ row }) => row)).toEqual([4, 1, 3, 2]);
  expect(near.map(({ similarity }) => similarity)).toEqual([1, 0.6, 0, -1]);
});

test("ties are settled by the order asked for, across the last place too", () => {
  const values = Float32Array.of(1, 1, 2, 2, 3, 3, 1, 0);
  const options = { dimension: 2, query: 3, count: 2 };
  expect(nearestVectors(values, options).map(({ row }) => row)).toEqual([0, 1]);
  expect(nearestVectors(values, { ...options, order: (a, b) => b - a }).map(({ row }) => row)).toEqual([2, 1]);
});

test("agrees with a full sort of 2,000 random vectors of 16 numbers", () => {
  const random = new RandomStream(5);
  const values = Float32Array.from({ length: 2000 * 16 }, () => random.normal());
  const cosine = (a: number, b: number): number => {
    const [x, y] = [a, b].map((row) => [...values.subarray(row * 16, row * 16 + 16)]);
    const dot = (u: number[], v: number[]) => u.reduce((sum, value, d) => sum + value * v[d]!, 0);
    return dot(x!, y!) / Math.sqrt(dot(x!, x!) * dot(y!, y!));
  };
  const all = Array.from({ length: 2000 }, (_, row) => row).filter((row) => row !== 77);
  const expected = all.sort((a, b) => cosine(77, b) - cosine(77, a)).slice(0, 20);
  const near = nearestVectors(values, { dimension: 16, query: 77, count: 20 });
  expect(near.map(({ row }) => row)).toEqual(expected);
  expect(near[19]!.similarity).toBeCloseTo(cosine(77, expected[19]!), 6);
});

test("one vector alone has no neighbours", () => {
  expect(nearestVectors(Float32Array.of(1, 2), { dimension: 2, query: 0, count: 5 })).toEqual([]);
});

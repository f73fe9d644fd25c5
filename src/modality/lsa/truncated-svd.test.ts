import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import type { SparseRows } from "./tf-idf.js";
import { times, truncatedSvd } from "./truncated-svd.js";

/** Sparse rows of a dense matrix. */
function sparse(matrix: readonly (readonly number[])[]): SparseRows {
  const starts = [0];
  const column: number[] = [];
  const value: number[] = [];
  for (const row of matrix) {
    row.forEach((x, c) => {
      if (x === 0) return;
      column.push(c);
      value.push(x);
    });
    starts.push(column.length);
  }
  return {
    rows: matrix.length,
    columns: matrix[0]?.length ?? 0,
    starts: Int32Array.from(starts),
    column: Int32Array.from(column),
    value: Float32Array.from(value),
  };
}

test("a diagonal matrix gives its entries, the largest first, and the axes", () => {
  const { rank, singular, right } = truncatedSvd(
    sparse([
      [0, 2, 0],
      [5, 0, 0],
      [0, 0, 3],
    ]),
    { rank: 2 },
  );
  expect(rank).toBe(2);
  expect([...singular].map((x) => Number(x.toFixed(5)))).toEqual([5, 3]);
  expect([...right].map((x) => Number(x.toFixed(5)) + 0)).toEqual([1, 0, 0, 0, 0, 1]);
});

test("a matrix of rank 3 is given back by its three directions, and has no fourth", () => {
  const random = new RandomStream(4, "svd test");
  const left = Array.from({ length: 60 }, () => [random.normal(), random.normal(), random.normal()]);
  const parts = Array.from({ length: 3 }, () => Array.from({ length: 40 }, () => random.normal()));
  const matrix = left.map((row) => parts[0]!.map((_, c) => row.reduce((sum, x, k) => sum + x * parts[k]![c]!, 0)));
  const rows = sparse(matrix);
  const { rank, right } = truncatedSvd(rows, { rank: 10 });
  expect(rank).toBe(3);
  const projected = times(rows, { by: right, width: 3 });
  let worst = 0;
  for (let r = 0; r < 60; r++) {
    for (let c = 0; c < 40; c++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += projected[r * 3 + k]! * right[c * 3 + k]!;
      worst = Math.max(worst, Math.abs(sum - matrix[r]![c]!));
    }
  }
  expect(worst).toBeLessThan(1e-4);
});

test("the directions are orthonormal, and their strengths those of the whole decomposition within a hundredth", () => {
  const random = new RandomStream(5, "svd test");
  const matrix = Array.from({ length: 300 }, () =>
    Array.from({ length: 200 }, (_, c) => (random.uniform() < 0.1 ? random.normal() / (1 + c / 10) : 0)),
  );
  const rows = sparse(matrix);
  const { rank, right, singular } = truncatedSvd(rows, { rank: 20 });
  expect(rank).toBe(20);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let c = 0; c < 200; c++) dot += right[c * rank + i]! * right[c * rank + j]!;
      expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-5);
    }
  }
  const all = truncatedSvd(rows, { rank: 200 });
  for (let k = 0; k < 20; k++) expect(Math.abs(singular[k]! / all.singular[k]! - 1)).toBeLessThan(0.01);
  expect([...singular]).toEqual([...singular].sort((a, b) => b - a));
});

test("the same rows give the same bits", () => {
  const rows = sparse([
    [1, 2, 0, 0],
    [0, 1, 3, 0],
    [4, 0, 0, 1],
  ]);
  expect(truncatedSvd(rows, { rank: 3 })).toEqual(truncatedSvd(rows, { rank: 3 }));
});

import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import { type PrincipalComponents, principalComponents } from "./principal-components.js";

function normals(n: number, d: number): Float64Array[] {
  const random = new RandomStream(7, "rows", n, d);
  return Array.from({ length: n }, () => Float64Array.from({ length: d }, (_, j) => random.normal() * (j + 1) + 3));
}

/** The largest difference of the rows from their projection onto the components and back. */
function lost(rows: readonly Float64Array[], { mean, components, variances }: PrincipalComponents): number {
  const d = mean.length;
  let largest = 0;
  for (const row of rows) {
    const back = Float64Array.from(mean);
    for (let k = 0; k < variances.length; k++) {
      const component = components.subarray(k * d, (k + 1) * d);
      const along = component.reduce((sum, value, j) => sum + value * (row[j]! - mean[j]!), 0);
      for (let j = 0; j < d; j++) back[j]! += along * component[j]!;
    }
    for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(back[j]! - row[j]!));
  }
  return largest;
}

function close(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 10);
  });
}

test("four points worked by hand: variances 5 and .5 along the diagonals", () => {
  // Mean (2, 1); centred: +-(sqrt 5, sqrt 5), +-(1, -1) / sqrt 2; C = [[2.75, 2.25], [2.25, 2.75]].
  const s = Math.sqrt(5);
  const t = Math.SQRT1_2;
  const rows = [
    [2 + s, 1 + s],
    [2 - s, 1 - s],
    [2 + t, 1 - t],
    [2 - t, 1 + t],
  ];
  const { mean, components, variances } = principalComponents(rows, { k: 5 });
  close(mean, [2, 1]);
  close(variances, [5, 0.5]);
  close(components, [t, t, t, -t]);
});

test.each([
  [40, 6],
  [7, 30],
])("with %i rows of %i numbers every row comes back from all components, which are orthonormal", (n, d) => {
  const rows = normals(n, d);
  const found = principalComponents(rows, { k: 100 });
  const k = Math.min(n - 1, d);
  expect(found.variances).toHaveLength(k);
  expect(lost(rows, found)).toBeLessThan(1e-9);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let j = 0; j < d; j++) product += found.components[a * d + j]! * found.components[b * d + j]!;
      expect(product).toBeCloseTo(a === b ? 1 : 0, 9);
    }
  }
});

test("the matrix of the rows' products gives what the covariance gives", () => {
  // 20 rows of 21 numbers, one of them always 4: without it there are as many columns as rows.
  const rows = normals(20, 20);
  const wide = rows.map((row) => Float64Array.of(...row, 4));
  const [a, b] = [principalComponents(rows, { k: 10 }), principalComponents(wide, { k: 10 })];
  close(b.variances, [...a.variances]);
  for (let k = 0; k < 10; k++) {
    close(b.components.subarray(k * 21, k * 21 + 20), [...a.components.subarray(k * 20, k * 20 + 20)]);
    expect(b.components[k * 21 + 20]).toBeCloseTo(0, 10);
  }
});

test("the largest variances come first, and k of them are kept", () => {
  const { variances, components } = principalComponents(normals(500, 8), { k: 3 });
  expect(components).toHaveLength(24);
  expect(variances[0]!).toBeGreaterThan(variances[1]!);
  expect(variances[1]!).toBeGreaterThan(variances[2]!);
  // The eighth number has a standard deviation of 8 and is the only one of a largest entry in the first component.
  expect(components[7]!).toBeGreaterThan(0.9);
});

test("a component's largest entry is positive, also when all rows change their sign", () => {
  const rows = normals(30, 5);
  const negative = rows.map((row) => row.map((value) => -value));
  const [a, b] = [principalComponents(rows, { k: 5 }), principalComponents(negative, { k: 5 })];
  close(b.components, [...a.components]);
  for (let k = 0; k < 5; k++) {
    const component = [...a.components.subarray(k * 5, k * 5 + 5)];
    expect(Math.max(...component)).toBe(Math.max(...component.map(Math.abs)));
  }
});

test("rows that lie on a line have one component, and rows that are all the same have none", () => {
  const line = [1, 2, 3, 4, 5].map((x) => Float32Array.of(0.1 * x, 0.2 * x, 7.7));
  expect(principalComponents(line, { k: 3 }).variances).toHaveLength(1);
  for (const n of [1, 2, 3, 10]) {
    const same = Array.from({ length: n }, () => Float32Array.of(0.1, 0.7, 1e6));
    expect(principalComponents(same, { k: 3 })).toMatchObject({ variances: new Float64Array(0) });
  }
});

test("a number that is not finite is an error and no component", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const rows = [Float32Array.of(1, 2), Float32Array.of(3, value), Float32Array.of(5, 7)];
    expect(() => principalComponents(rows, { k: 2 })).toThrow("no principal components of numbers that are not finite");
  }
});

import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { RandomStream } from "../../random.js";
import { columnProducts } from "../column-products.js";
import type { SparseRows } from "./tf-idf.js";

export interface TruncatedSvd {
  /** Number of directions found: at most the rank. */
  rank: number;
  /** [columns, rank], orthonormal columns, the largest singular value first. */
  right: Float32Array;
  /** [rank], descending. */
  singular: Float32Array;
}

const OVERSAMPLING = 16;
const POWER_ITERATIONS = 2;
/** Directions weaker than this share of the strongest one are rounding. */
const LEAST_SHARE = 1e-4;

/**
 * The strongest right singular vectors of a sparse matrix, by random projection and power iterations:
 * Y = A' A ... A' A G with G [columns, rank + 16] normal, made orthonormal after each step; then the eigenvectors of the
 * small matrix (A Y)' (A Y). Deterministic: the same rows give the same bits.
 *
 * Halko, Martinsson and Tropp, Finding structure with randomness: probabilistic algorithms for constructing approximate
 * matrix decompositions (2011), https://arxiv.org/abs/0909.4061
 */
export function truncatedSvd(rows: SparseRows, { rank }: { rank: number }): TruncatedSvd {
  const width = Math.min(rank + OVERSAMPLING, rows.columns, rows.rows);
  const random = new RandomStream(0, "truncated svd");
  let basis = new Float64Array(rows.columns * width).map(() => random.normal());
  for (let step = 0; step < POWER_ITERATIONS; step++) {
    basis = timesTransposed(rows, times(rows, { by: basis, width }), { width });
  }
  orthonormalise(basis, width);
  const projected = times(rows, { by: basis, width });
  const { values, vectors } = eigenvectors(gram(projected, width));
  const strongest = Math.sqrt(Math.max(values[0] ?? 0, 0));
  const singular = values
    .slice(0, rank)
    .map((value) => Math.sqrt(Math.max(value, 0)))
    .filter((value) => value > LEAST_SHARE * strongest);
  const found = singular.length;
  const right = new Float32Array(rows.columns * found);
  for (let c = 0; c < rows.columns; c++) {
    for (let k = 0; k < found; k++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += basis[c * width + j]! * vectors.get(j, k);
      right[c * found + k] = sum;
    }
  }
  return { rank: found, right: withSigns(right, found), singular: Float32Array.from(singular) };
}

/** A B: [rows, width]. */
export function times(
  { rows, starts, column, value }: SparseRows,
  { by, width }: { by: Float64Array | Float32Array; width: number },
): Float64Array {
  const product = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const to = r * width;
    for (let k = starts[r]!; k < starts[r + 1]!; k++) {
      const from = column[k]! * width;
      const weight = value[k]!;
      for (let j = 0; j < width; j++) product[to + j]! += weight * by[from + j]!;
    }
  }
  return product;
}

/** A' B: [columns, width]. */
function timesTransposed(
  { rows, columns, starts, column, value }: SparseRows,
  by: Float64Array,
  { width }: { width: number },
): Float64Array<ArrayBuffer> {
  const product = new Float64Array(columns * width);
  for (let r = 0; r < rows; r++) {
    const from = r * width;
    for (let k = starts[r]!; k < starts[r + 1]!; k++) {
      const to = column[k]! * width;
      const weight = value[k]!;
      for (let j = 0; j < width; j++) product[to + j]! += weight * by[from + j]!;
    }
  }
  return product;
}

/** B' B: [width, width]. */
function gram(matrix: Float64Array, width: number): Matrix {
  const rows = Array.from({ length: matrix.length / width }, (_, r) => matrix.subarray(r * width, (r + 1) * width));
  return new Matrix(columnProducts(rows));
}

/** Eigenvalues of a symmetric matrix, descending, and its eigenvectors as columns in that order. */
function eigenvectors(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    values: order.map((i) => realEigenvalues[i]!),
    vectors: eigenvectorMatrix.subMatrixColumn(order),
  };
}

/**
 * Makes the columns orthonormal in place, through the eigenvectors of their Gram matrix: B V / sqrt(lambda). Columns that
 * depend on the others become zero.
 */
function orthonormalise(matrix: Float64Array, width: number): void {
  // Twice: once leaves an error of the squared condition number.
  for (let pass = 0; pass < 2; pass++) {
    const { values, vectors } = eigenvectors(gram(matrix, width));
    const scales = values.map((value) => (value > 1e-14 * values[0]! ? 1 / Math.sqrt(value) : 0));
    const turn = Float64Array.from({ length: width * width }, (_, at) => {
      const column = at % width;
      return vectors.get(Math.floor(at / width), column) * scales[column]!;
    });
    for (let start = 0; start < matrix.length; start += width) {
      const row = matrix.slice(start, start + width);
      const out = matrix.subarray(start, start + width).fill(0);
      let i = 0;
      for (; i + 3 < width; i += 4) {
        const [a, b, c, d] = [row[i]!, row[i + 1]!, row[i + 2]!, row[i + 3]!];
        const at = i * width;
        for (let j = 0; j < width; j++) {
          out[j]! +=
            a * turn[at + j]! +
            b * turn[at + width + j]! +
            c * turn[at + 2 * width + j]! +
            d * turn[at + 3 * width + j]!;
        }
      }
      for (; i < width; i++) for (let j = 0; j < width; j++) out[j]! += row[i]! * turn[i * width + j]!;
    }
  }
}

/** Gives every column the sign that makes its largest number positive: the sign of a singular vector is nobody's choice. */
function withSigns(matrix: Float32Array, width: number): Float32Array {
  for (let j = 0; j < width; j++) {
    let largest = 0;
    for (let at = j; at < matrix.length; at += width) {
      if (Math.abs(matrix[at]!) > Math.abs(largest)) largest = matrix[at]!;
    }
    if (largest < 0) for (let at = j; at < matrix.length; at += width) matrix[at] = -matrix[at]!;
  }
  return matrix;
}

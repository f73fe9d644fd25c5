import { constant, matmul, mul, reduceSum, reshape, sub, type Tensor } from "../graph/index.js";

/**
 * Inner products of all pairs of fields: <v_i, v_j> for i < j, ordered by i, then by j. One product of matrices per row, of
 * which a constant 0/1 matrix takes the half above the diagonal.
 *
 * Shapes: fields [B, F, D] -> [B, F (F - 1) / 2], F >= 2.
 */
export function innerProducts(fields: Tensor): Tensor {
  const count = Number(fields.shape[1]);
  const all = reshape(matmul(fields, fields, { transposeB: true }), ["copy", count * count]);
  const pairs = (count * (count - 1)) / 2;
  const chosen = new Float32Array(count * count * pairs);
  let pair = 0;
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) chosen[(i * count + j) * pairs + pair++] = 1;
  return matmul(all, constant(chosen, [count * count, pairs]));
}

/**
 * Second order of a factorisation machine: sum_{i < j} <v_i, v_j> = 1/2 sum_d ((sum_i v_id)^2 - sum_i v_id^2), in time linear
 * in the number of fields.
 *
 * Shapes: fields [B, F, D] -> [B, 1].
 *
 * Rendle, Factorization Machines (2010), https://doi.org/10.1109/ICDM.2010.127
 */
export function pairwiseSum(fields: Tensor): Tensor {
  const sum = reduceSum(fields, { axes: [1] }); // [B, D]
  const squares = reduceSum(mul(fields, fields), { axes: [1] });
  return mul(reduceSum(sub(mul(sum, sum), squares), { axes: [1], keepDims: true }), 0.5);
}

import { div, matmul, reshape, type Tensor, unsqueeze } from "../graph/index.js";
import { poolDivisor } from "./attention.js";
import { type Builder, widthOf } from "./builder.js";
import { lengthOf, maskOf } from "./row-columns.js";

/**
 * Mean over the real steps of a history: (1 / max(1, n)) sum_t mask_t x_t, n the number of real steps. An empty history
 * gives 0 exactly; padding never counts.
 *
 * Shapes: steps [B, T, Q] -> [B, Q].
 */
export function meanPool(builder: Builder, steps: Tensor): Tensor {
  const mask = maskOf(builder);
  const length = lengthOf(builder);
  const share = div(mask, poolDivisor(length, "mean")); // [B, T]
  return reshape(matmul(unsqueeze(share, 1), steps), ["copy", widthOf(steps)]);
}

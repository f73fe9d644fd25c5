import { add, div, matmul, reshape, step, sub, type Tensor, unsqueeze } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

/**
 * Mean over the real steps of a history: (1 / max(1, n)) sum_t mask_t x_t, n the number of real steps. An empty history
 * gives 0 exactly; padding never counts.
 *
 * Shapes: steps [B, T, Q] -> [B, Q].
 */
export function meanPool(builder: Builder, steps: Tensor): Tensor {
  const mask = builder.batch({ from: "mask" }, { shape: ["B", "T"] });
  const length = builder.batch({ from: "historyLength" }, { shape: ["B", 1] });
  const share = div(mask, add(length, sub(1, step(length)))); // [B, T]
  return reshape(matmul(unsqueeze(share, 1), steps), ["copy", widthOf(steps)]);
}

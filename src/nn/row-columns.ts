import type { Tensor } from "../graph/index.js";
import type { Builder } from "./builder.js";

/** [B]: the place of each row's candidate among the distinct items of the batch. */
export function candidateOf(builder: Builder): Tensor {
  return builder.batch({ from: "candidate" }, { shape: ["B"], dtype: "int32" });
}

/** [B, T]: the places of the history's items among the distinct items of the batch. */
export function historyOf(builder: Builder): Tensor {
  return builder.batch({ from: "history" }, { shape: ["B", "T"], dtype: "int32" });
}

/** [B, T]: 1 at real steps of the history, 0 at padding. */
export function maskOf(builder: Builder): Tensor {
  return builder.batch({ from: "mask" }, { shape: ["B", "T"] });
}

/** [B, 1]: the number of real steps. */
export function lengthOf(builder: Builder): Tensor {
  return builder.batch({ from: "historyLength" }, { shape: ["B", 1] });
}

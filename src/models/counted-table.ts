import type { Catalogue } from "../data/columns.js";
import type { Tensor } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";

/** A table that `count` fills and no gradient touches, at the distinct items of a batch: [U, dimension]. */
export function countedTable(
  builder: Builder,
  catalogue: Catalogue,
  { name, dimension }: { name: string; dimension: number },
): Tensor {
  const rows = catalogue.items.trained + 1;
  const initial = { kind: "constant", value: 0 } as const;
  return builder.table({ rowsOf: "items" }, { name, rows, dimension, letter: "U", initial, trainable: false });
}

import type { Catalogue, RowColumns } from "../data/index.js";
import { auc } from "../metrics/index.js";

/** How rows of cold items are told apart, each an AUC over the same rows; null where undefined. */
export interface ColdStart {
  /** By the model: that of the slice `coldItems`. */
  model: number | null;
  /**
   * By the number of events that the item had strictly before the row (the item statistic `count`); null without that
   * statistic.
   */
  popularity: number | null;
  chance: 0.5;
}

export interface ColdRows {
  catalogue: Pick<Catalogue, "statistics">;
  rows: Pick<RowColumns, "label" | "itemStatistics">;
  /** [rows] not 0 where the row's item has no event in training. */
  cold: Uint8Array;
}

/** Sets a model's AUC on cold items beside those of popularity, as far as it is known by then, and of chance. */
export function coldStart(model: number | null, { catalogue, rows, cold }: ColdRows): ColdStart {
  const { item } = catalogue.statistics;
  const count = item.findIndex(({ kind }) => kind === "count");
  if (count < 0) return { model, popularity: null, chance: 0.5 };
  const chosen = Array.from(cold.keys()).filter((row) => cold[row] !== 0);
  const counts = Float32Array.from(chosen, (row) => rows.itemStatistics[row * item.length + count]!);
  const labels = Uint8Array.from(chosen, (row) => rows.label[row]!);
  return { model, popularity: auc(counts, labels), chance: 0.5 };
}

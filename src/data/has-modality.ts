import type { ModalityColumn } from "./columns.js";

/** Whether an item, by its index in the column, has the modality. */
export function hasModality(column: ModalityColumn, item: number): boolean {
  switch (column.kind) {
    case "category":
      return column.offsets[item + 1]! > column.offsets[item]!;
    case "number":
      return !Number.isNaN(column.values[item]!);
    case "vector":
      return column.row[item]! >= 0;
  }
}

/** 1 for each of the column's items that has the modality. */
export function itemsWith(column: ModalityColumn): Uint8Array {
  const { length } =
    column.kind === "category" ? column.offsets.subarray(1) : column.kind === "number" ? column.values : column.row;
  return Uint8Array.from({ length }, (_, item) => (hasModality(column, item) ? 1 : 0));
}

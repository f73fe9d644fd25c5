/** One cell; `best` is drawn in bold. */
export interface TableCell {
  text: string;
  /** What belongs to it and matters less: the half interval behind a mean. */
  small?: string;
  best?: boolean;
}

/** A table before it is markdown or HTML. The first cell of a row names it. */
export interface ReportTable {
  /** A sentence about what the numbers are. */
  caption: string;
  columns: { title: string; numeric: boolean }[];
  rows: TableCell[][];
}

/** Marks as best the cells of a column whose value, as shown, equals the best one shown. Undefined ones are never best. */
export function markBest(cells: readonly TableCell[], { values, better }: BestOptions): TableCell[] {
  const defined = values.filter((value): value is number => value !== null);
  if (defined.length < 2) return [...cells];
  const best = better === "higher" ? Math.max(...defined) : Math.min(...defined);
  const shown = cells[values.indexOf(best)]?.text;
  return cells.map((cell, row) => (values[row] !== null && cell.text === shown ? { ...cell, best: true } : cell));
}

interface BestOptions {
  /** What each cell shows, unrounded. */
  values: readonly (number | null)[];
  better: "higher" | "lower";
}

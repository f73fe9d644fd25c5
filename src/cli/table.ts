import Table from "cli-table3";

export type Cell = string | number | null;

export interface TableOptions {
  /** Lines around the cells; without, columns stand two spaces apart. Default: whether stdout is a terminal. */
  terminal?: boolean;
}

const NOTHING = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * A table as text. Columns whose cells are all numbers (as "12 %" is, and null, shown as -) stand right, all others left. Numbers are
 * shown as given: whole ones with separators, others with four digits after the point.
 */
export function renderTable(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  { terminal = process.stdout.isTTY === true }: TableOptions = {},
): string {
  const numeric = titles.map((_, column) => rows.every((row) => isNumeric(row[column] ?? 0)));
  const table = new Table({
    head: [...titles],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], ...(terminal ? {} : { "padding-left": 0, "padding-right": 0 }) },
    ...(terminal ? {} : { chars: NOTHING }),
  });
  table.push(...rows.map((row) => row.map(cellText)));
  const lines = table
    .toString()
    .replace(/[ \t]+$/gm, "")
    .split("\n");
  // One line below the titles is enough; cli-table3 draws one below every row.
  return lines.filter((line, index) => index <= 2 || !line.startsWith("├")).join("\n");
}

function isNumeric(cell: string | number): boolean {
  return typeof cell === "number" || /^[-+]?[\d.,]+(?: ?[%a-zA-Z/]+)?$/.test(cell);
}

function cellText(cell: Cell): string {
  if (cell === null) return "-";
  if (typeof cell === "string") return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString("en-US");
  return cell.toFixed(4);
}

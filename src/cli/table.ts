import Table from "cli-table3";

export type Cell = string | number | null;

export interface TableOptions {
  /** Lines around the cells; without, columns stand two spaces apart. Default: whether stdout is a terminal. */
  terminal?: boolean;
  /** Columns of the terminal. Default: those of stdout, without end where there is no terminal. */
  width?: number;
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
};

/** What stands between cells. */
interface Frame {
  lined: boolean;
  middle: string;
}

const APART: Frame = { lined: false, middle: "  " };
/** The widest first. */
const FRAMES: readonly Frame[] = [{ lined: true, middle: "" }, APART, { lined: false, middle: " " }];

/**
 * A table as text. Columns whose cells are all numbers (as "12 %" and "1 min 5 s" are, and null, shown as -) stand right, all
 * others left. Numbers are shown as given: whole ones with separators, others with four digits after the point.
 *
 * Where the lines around the cells make it wider than the terminal, they are left out, then the columns stand one space apart; a
 * table that is too wide even then goes on below, its first column repeated.
 */
export function renderTable(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  {
    terminal = process.stdout.isTTY === true,
    width = terminal ? process.stdout.columns || Number.POSITIVE_INFINITY : Number.POSITIVE_INFINITY,
  }: TableOptions = {},
): string {
  const columns = titles.map((title, column) => ({ title, cells: rows.map((row) => row[column] ?? null) }));
  for (const frame of terminal ? FRAMES : [APART]) {
    const table = draw(columns, frame);
    if (widthOf(table) <= width) return table;
  }
  const parts: Column[][] = [];
  for (const column of columns.slice(1)) {
    const wider = [...(parts.at(-1) ?? columns.slice(0, 1)), column];
    if (parts.length > 0 && widthOf(draw(wider, APART)) <= width) parts[parts.length - 1] = wider;
    else parts.push([...columns.slice(0, 1), column]);
  }
  return parts.map((part) => draw(part, APART)).join("\n\n");
}

interface Column {
  title: string;
  cells: readonly Cell[];
}

function draw(columns: readonly Column[], { lined, middle }: Frame): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ cells }) => (cells.every((cell) => isNumeric(cell ?? 0)) ? "right" : "left")),
    style: { head: [], border: [], ...(lined ? {} : { "padding-left": 0, "padding-right": 0 }) },
    ...(lined ? {} : { chars: { ...NOTHING, middle } }),
  });
  const rows = columns[0]?.cells.map((_, row) => columns.map(({ cells }) => cellText(cells[row] ?? null))) ?? [];
  table.push(...rows);
  const lines = table
    .toString()
    .replace(/[ \t]+$/gm, "")
    .split("\n");
  // One line below the titles is enough; cli-table3 draws one below every row.
  return lines.filter((line, index) => index <= 2 || !line.startsWith("├")).join("\n");
}

function widthOf(table: string): number {
  return Math.max(...table.split("\n").map((line) => line.length));
}

function isNumeric(cell: string | number): boolean {
  return typeof cell === "number" || /^[-+]?[\d.,]+(?: ?[%a-zA-Z/]+)?(?: \d+ [a-z]+)?$/.test(cell);
}

function cellText(cell: Cell): string {
  if (cell === null) return "-";
  if (typeof cell === "string") return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString("en-US");
  return cell.toFixed(4);
}

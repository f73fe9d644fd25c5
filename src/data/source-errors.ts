import { nearest } from "../config/nearest.js";
import { MmdinError } from "../errors.js";
import { lineOfBadJson } from "./json-lines.js";

export interface DistilOptions {
  /** Where the configuration names the source or the expression. */
  at: string;
  /** How the source is named. */
  label: string;
  /** Columns that exist, for a column that does not. */
  columns?: readonly string[];
}

/** Makes one clear error of what DuckDB says. */
export function distil(cause: unknown, { at, label, columns = [] }: DistilOptions): MmdinError {
  if (cause instanceof MmdinError) return cause;
  if (cause instanceof TypeError || cause instanceof RangeError) throw cause; // ours, not the database's
  const message = cause instanceof Error ? cause.message : String(cause);

  const extension = /(?:required extension|download extension|Extension) ['"](\w+)['"]/.exec(message)?.[1];
  if (extension && /Autoloading|download|establish connection/i.test(message)) {
    const fix = `Install it once where there is a connection (INSTALL ${extension}), or fetch the data to a local file.`;
    const problem = `reading this needs DuckDB's extension "${extension}", which cannot be downloaded here`;
    return new MmdinError("OFFLINE", problem, { where: at, got: label, fix, cause });
  }

  const column = /Referenced column "([^"]+)" (?:was )?not found/.exec(message)?.[1];
  if (column) return missingColumn(column, { at, label, columns, cause });

  if (/not utf-8 encoded|invalid UTF-8/i.test(message)) {
    const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
    const fix = `Save it as UTF-8, or name its encoding: { sql: "SELECT * FROM read_csv('file.csv', encoding = 'latin-1')" }.`;
    const where = line === undefined ? label : `${label}:${line}`;
    return new MmdinError("DATA", "this file is not UTF-8", { where, fix, cause });
  }

  const csv = /CSV Error on Line: (\d+)/.exec(message);
  if (csv) {
    const original = /Original Line: ?(.*)/.exec(message)?.[1]?.trim();
    const detail = csvDetail(message);
    const where = `${label}:${csv[1]}`;
    return new MmdinError("DATA", "this row cannot be read", {
      where,
      ...detail,
      ...(original && !detail.got ? { got: JSON.stringify(original) } : {}),
      fix: `Correct the line${original ? ` (${shorten(original)})` : ""}.`,
      cause,
    });
  }

  const json = /JSON.* in file "([^"]*)",.* in (?:record\/value|line) (\d+): (.*)/.exec(message);
  if (json) {
    const where = `${label}:${lineOfBadJson(json[1] ?? "", Number(json[2]))}`;
    return new MmdinError("DATA", `this row cannot be read: ${json[3]?.trim()}`, { where, cause });
  }
  if (/No files found that match/.test(message)) {
    const pattern = /pattern "([^"]+)"/.exec(message)?.[1];
    return new MmdinError("DATA", `no file matches "${pattern ?? label}"`, {
      where: at,
      fix: "Check `root` (or --root).",
      cause,
    });
  }
  return new MmdinError("DATA", plainMessage(cause), { where: at, fix: `It was read from ${label}.`, cause });
}

/** The error of a column that does not exist. */
export function missingColumn(
  column: string,
  { at, label, columns = [], cause }: DistilOptions & { cause?: unknown },
): MmdinError {
  const near = nearest(column, columns);
  const known = columns.length ? `Columns of ${label}: ${columns.join(", ")}.` : "";
  const fix = [near && `Did you mean "${near}"?`, known].filter(Boolean).join(" ");
  return new MmdinError("DATA", `no column "${column}" in ${label}`, { where: at, fix, cause });
}

/** A message of the database without its kind, on one line. */
export function plainMessage(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const first = (message.split("\n\n")[0] ?? message).replace(/\s+/g, " ").trim();
  return shorten(first.replace(/^(?:[A-Z]\w+ )+Error: /, ""), 300);
}

function csvDetail(message: string): { expected?: string; got?: string } {
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts) return { expected: `${counts[1]} columns`, got: counts[2] ?? "" };
  const conversion =
    /Error when converting column "([^"]+)"\. Could not convert string "([^"]*)" to '?([A-Z0-9_]+)'?/.exec(message);
  if (conversion)
    return { expected: `${conversion[3]} in column "${conversion[1]}"`, got: JSON.stringify(conversion[2]) };
  return {};
}

function shorten(text: string, most = 120): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

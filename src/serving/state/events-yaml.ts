import type { EventColumn } from "./event-columns.js";

const SIMPLE = /^[a-z_][a-z0-9_]*$/;
const TYPES = { number: "DOUBLE", category: "VARCHAR", list: "VARCHAR[]" } as const;

/**
 * The lines of dataset.yaml that read exported events. The columns' types are said, as a reader that looks at the first rows alone
 * takes an id for a date, or misses a feature that came later. Lists are in the file, but no feature of an event.
 *
 * @param file the path of the events, as the dataset's root sees it.
 */
export function eventsYaml(file: string, columns: readonly EventColumn[]): string {
  const types = [
    ...["user", "item"].map((name) => [name, "VARCHAR"] as const),
    ["time", "DOUBLE"] as const,
    ["label", "UTINYINT"] as const,
    ...columns.map(({ column, kind }) => [column, TYPES[kind]] as const),
  ];
  const typed = types.map(([name, type]) => `${quoted(name)}: '${type}'`).join(", ");
  const sql = `SELECT * FROM read_json(${quoted(file)}, format = 'newline_delimited', columns = {${typed}})`;
  const lines = (group: EventColumn["group"], indent: string): string[] =>
    columns
      .filter((column) => column.group === group && column.kind !== "list")
      .map(({ name, column, kind }) => `${indent}${keyOf(name)}: { kind: ${kind}, from: ${expressionOf(column)} }`);
  const features = lines("features", "    ");
  const context = lines("context", "    ");
  return [
    "events:",
    `  from: { sql: ${JSON.stringify(sql)} }`,
    "  user: user",
    "  item: item",
    "  time: time",
    "  label: label",
    ...(features.length > 0 ? ["  features:", ...features] : []),
    ...(context.length > 0 ? ["context:", "  features:", ...context] : []),
  ].join("\n");
}

/** A name as dataset.yaml takes it. */
function keyOf(name: string): string {
  const key = name.replace(/[^A-Za-z0-9_-]/g, "_");
  return /^[A-Za-z_]/.test(key) ? key : `_${key}`;
}

function expressionOf(column: string): string {
  return SIMPLE.test(column) ? column : JSON.stringify(`"${column.replaceAll('"', '""')}"`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

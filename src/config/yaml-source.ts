import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parse, parseDocument } from "yaml";
import type { z } from "zod";
import { MmdinError } from "../errors.js";
import { type ConfigProblem, describeIssues } from "./config-problem.js";
import type { KeyPath } from "./schema-keys.js";

export interface YamlOptions<S extends z.ZodType> {
  /** The name shown in errors. */
  file: string;
  schema: S;
  /** Overrides `a.b=value`, applied in order; the value is read as YAML. */
  set?: readonly string[];
}

export interface ParsedYaml<T> {
  /** What the schema made of the text, defaults filled in. */
  value: T;
  /** `file:line:col (key.path)` of a key, or of the nearest one above it that is written in the text. */
  at(path: string | KeyPath): string;
}

/**
 * Reads a YAML text, applies `--set` overrides and validates it.
 *
 * @throws MmdinError CONFIG: one error, whose `where` is `file:line:col (key.path)` of the first problem; further problems
 * are listed below it. An unknown option is answered with the nearest known one.
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  { file, schema, set = [] }: YamlOptions<S>,
): ParsedYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) {
    const where = `${file}:${position(lines, syntax.pos[0])}`;
    const key = /^[\w.-]+/.exec(text.slice(syntax.pos[0]))?.[0] ?? "";
    const problem = syntax.code === "DUPLICATE_KEY" ? `the key "${key}" is there twice` : syntax.message;
    throw new MmdinError("CONFIG", problem, { where });
  }

  let input: unknown = document.toJS() ?? {};
  const overrides = new Map<string, string>();
  for (const entry of set) {
    const { path, value } = parseOverride(entry);
    input = withValue(input, path, value, entry);
    overrides.set(path.join("."), entry);
  }

  const at = (path: string | KeyPath): string => {
    const keys = typeof path === "string" ? splitPath(path) : path;
    for (let n = keys.length; n > 0; n--) {
      const entry = overrides.get(keys.slice(0, n).join("."));
      if (entry !== undefined) return `--set ${entry} (${keys.join(".")})`;
    }
    const below = [...overrides].find(([written]) => written.startsWith(`${keys.join(".")}.`))?.[1];
    if (below !== undefined && keys.length > 0 && !document.hasIn(keys)) return `--set ${below} (${keys.join(".")})`;
    const offset = offsetOf(document, keys);
    const place = offset === undefined ? file : `${file}:${position(lines, offset)}`;
    return keys.length ? `${place} (${keys.join(".")})` : place;
  };

  const result = schema.safeParse(input);
  if (!result.success) throw asError(describeIssues(result.error.issues, { schema, input }), at);
  return { value: result.data, at };
}

function asError(problems: ConfigProblem[], at: (path: KeyPath) => string): MmdinError {
  const [first, ...rest] = problems;
  if (!first) return new MmdinError("CONFIG", "The configuration is not valid");
  const more = rest.map((p) => `\n${new MmdinError("CONFIG", p.problem, { where: at(p.path), ...p.details }).message}`);
  const error = new MmdinError("CONFIG", first.problem, { where: at(first.path), ...first.details });
  if (more.length) error.message += more.join("");
  return error;
}

function position(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function splitPath(path: string): string[] {
  return path === "" ? [] : path.split(".");
}

/** Offset of the key that `path` names, or of its nearest ancestor in the text. */
function offsetOf(document: Document.Parsed, path: KeyPath): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(isNode(item.key) ? item.key : "") === String(key));
      if (!pair) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

function parseOverride(entry: string): { path: string[]; value: unknown } {
  const equals = entry.indexOf("=");
  const where = `--set ${entry}`;
  if (equals <= 0) throw new MmdinError("CONFIG", "not an override", { where, expected: "key.path=value" });
  const path = entry.slice(0, equals).trim().split(".");
  if (path.some((key) => key === "")) throw new MmdinError("CONFIG", "an empty key in the path", { where });
  try {
    return { path, value: parse(entry.slice(equals + 1)) };
  } catch (cause) {
    throw new MmdinError("CONFIG", "the value cannot be read as YAML", { where, cause });
  }
}

function withValue(target: unknown, path: readonly string[], value: unknown, entry: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const copy: unknown[] = [...target];
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > copy.length) {
      throw new MmdinError("CONFIG", `no entry "${key}" in a list of ${copy.length}`, { where: `--set ${entry}` });
    }
    copy[index] = withValue(copy[index], rest, value, entry);
    return copy;
  }
  const record = typeof target === "object" && target !== null ? target : {};
  const inner = Object.entries(record).find(([name]) => name === key)?.[1];
  return { ...record, [key]: withValue(inner, rest, value, entry) };
}

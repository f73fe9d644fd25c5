import type { z } from "zod";
import type { ErrorDetails } from "../errors.js";
import { nearest } from "./nearest.js";
import { type KeyPath, keysAt, literalsAt, pathsOf } from "./schema-keys.js";

export interface ConfigProblem {
  path: KeyPath;
  problem: string;
  details: ErrorDetails;
  /** The option is missing. */
  missing?: true;
  /** The path of the option that an unknown one was meant to be. */
  meant?: string;
}

interface Context {
  schema: z.ZodType;
  input: unknown;
  /** What one entry of a map is called; default "option". */
  noun?: "option" | "field";
  /** Problems that are described, at most: a list of 10,000 wrong entries is told by its first few. Default: all. */
  most?: number;
}

type Issue = z.core.$ZodIssue;

/** Turns zod's issues into problems that say what was expected, what came and what to do. */
export function describeIssues(issues: readonly Issue[], context: Context): ConfigProblem[] {
  const { most = Number.POSITIVE_INFINITY } = context;
  const problems: ConfigProblem[] = [];
  for (const issue of issues) {
    if (problems.length >= most) break;
    problems.push(...describe(issue, [], context).slice(0, most - problems.length));
  }
  const meant = new Set(problems.flatMap(({ meant }) => (meant === undefined ? [] : [meant])));
  return problems
    .filter(({ path, missing }) => !(missing && meant.has(path.join("."))))
    .sort((a, b) => Number(b.meant !== undefined) - Number(a.meant !== undefined));
}

function describe(issue: Issue, base: KeyPath, context: Context): ConfigProblem[] {
  const path: KeyPath = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  const value = valueAt(context.input, path);
  const got = value === undefined ? undefined : show(value);
  const size = Array.isArray(value) ? String(value.length) : got;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, context.most).map((key) => unknownKey(key, path, context));
    case "invalid_type":
      if (value === undefined) return [missing(path, issue.expected, context)];
      return [{ path, problem: "wrong type", details: { expected: article(issue.expected, context), got } }];
    case "invalid_value":
      return [unknownValue(path, value, { allowed: issue.values.map(String), context })];
    case "too_small": {
      const bound = `${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}`;
      const empty = issue.origin === "string" && Number(issue.minimum) === 1;
      return [{ path, problem: "too small", details: { expected: empty ? "some text" : bound, got: size } }];
    }
    case "too_big": {
      const bound = `${issue.inclusive === false ? "less than" : "at most"} ${String(issue.maximum)}`;
      return [{ path, problem: "too big", details: { expected: bound, got: size } }];
    }
    case "invalid_union": {
      const allowed = issue.errors.length === 0 ? literalsAt(context.schema, path) : [];
      if (allowed.length > 0) return [unknownValue(path, value, { allowed, context })];
      const branch = bestBranch(issue.errors);
      if (branch) return branch.flatMap((inner) => describe(inner, path, context));
      const kinds = issue.errors
        .flat()
        .flatMap((e) => (e.code === "invalid_type" ? [article(e.expected, context)] : []));
      const expected = [...new Set(kinds)].join(" or ") || undefined;
      if (value === undefined) return [missing(path, undefined, context)];
      return [{ path, problem: "wrong type", details: { expected, got } }];
    }
    case "custom": {
      const { expected, fix, got: shown } = issue.params ?? {};
      return [
        { path, problem: issue.message, details: { expected: text(expected), got: text(shown), fix: text(fix) } },
      ];
    }
    case "invalid_key":
      return [{ path, problem: issue.issues[0]?.message ?? issue.message, details: {} }];
    default:
      return [{ path, problem: issue.message, details: { got } }];
  }
}

function missing(path: KeyPath, expected: string | undefined, context: Context): ConfigProblem {
  return {
    path,
    problem: `${context.noun ?? "option"} "${path.at(-1)}" is missing`,
    details: { expected: expected && article(expected, context) },
    missing: true,
  };
}

function unknownValue(
  path: KeyPath,
  value: unknown,
  { allowed, context }: { allowed: readonly string[]; context: Context },
): ConfigProblem {
  const expected = allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(", ")}`;
  if (value === undefined) return missing(path, expected, context);
  const near = typeof value === "string" ? nearest(value, allowed) : undefined;
  const fix = near && allowed.length > 1 ? `Did you mean "${near}"?` : undefined;
  return { path, problem: "unknown value", details: { expected, got: show(value), fix } };
}

function unknownKey(key: string, path: KeyPath, { schema, input, noun = "option" }: Context): ConfigProblem {
  const known = keysAt(schema, path, input);
  const near = nearest(key, known);
  const elsewhere = near === undefined ? pathsOf(schema, key) : [];
  const fix = near
    ? `Did you mean "${near}"?`
    : elsewhere.length
      ? `Did you mean ${elsewhere.map((found) => `"${found}"`).join(" or ")}?`
      : known.length
        ? `${noun === "field" ? "Fields" : "Options"} known here: ${known.join(", ")}.`
        : `No ${noun}s are known here.`;
  const meant = near === undefined ? {} : { meant: [...path, near].join(".") };
  return { path: [...path, key], problem: `unknown ${noun} ${show(key)}`, details: { fix }, ...meant };
}

/** Of a union's branches, the one that the value was meant for: its own type fits and only something inside does not. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fits = branches.filter((issues) => !issues.some((i) => i.path.length === 0 && i.code === "invalid_type"));
  return [...fits].sort((a, b) => a.length - b.length)[0];
}

function valueAt(input: unknown, path: KeyPath): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const SHOWN = 80;

/** As JSON, cut. What is large, or deep, is not written out first. */
function show(value: unknown): string {
  if (value === null) return "nothing";
  const json = JSON.stringify(cut(value, { left: 2 * SHOWN })) ?? String(value);
  return json.length > SHOWN ? `${json.slice(0, SHOWN - 3)}...` : json;
}

/** So much of a value as can be shown. */
function cut(value: unknown, room: { left: number }): unknown {
  if (typeof value === "string") {
    room.left -= value.length;
    return value.slice(0, 2 * SHOWN);
  }
  room.left -= 2;
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  const list: unknown[] = [];
  for (const key in value) {
    if (room.left <= 0) break;
    const inner = cut(Reflect.get(value, key), room);
    room.left -= key.length;
    if (Array.isArray(value)) list.push(inner);
    else kept[key.slice(0, 2 * SHOWN)] = inner;
  }
  return Array.isArray(value) ? list : kept;
}

function article(kind: string, { noun }: Context): string {
  const known: Record<string, string> = {
    object: noun === "field" ? "an object" : "a map of options",
    record: noun === "field" ? "an object" : "a map",
    array: "a list",
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
  };
  return known[kind] ?? kind;
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

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
}

type Issue = z.core.$ZodIssue;

/** Turns zod's issues into problems that say what was expected, what came and what to do. */
export function describeIssues(issues: readonly Issue[], context: Context): ConfigProblem[] {
  const problems = issues.flatMap((issue) => describe(issue, [], context));
  const meant = new Set(problems.flatMap(({ meant }) => (meant === undefined ? [] : [meant])));
  return problems
    .filter(({ path, missing }) => !(missing && meant.has(path.join("."))))
    .sort((a, b) => Number(b.meant !== undefined) - Number(a.meant !== undefined));
}

function describe(issue: Issue, base: KeyPath, context: Context): ConfigProblem[] {
  const path: KeyPath = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  const value = valueAt(context.input, path);
  const got = value === undefined ? undefined : show(value);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, context));
    case "invalid_type":
      if (value === undefined) return [missing(path, issue.expected)];
      return [{ path, problem: "wrong type", details: { expected: article(issue.expected), got } }];
    case "invalid_value":
      return [unknownValue(path, value, issue.values.map(String))];
    case "too_small": {
      const bound = `${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}`;
      const empty = issue.origin === "string" && Number(issue.minimum) === 1;
      return [{ path, problem: "too small", details: { expected: empty ? "some text" : bound, got } }];
    }
    case "too_big": {
      const bound = `${issue.inclusive === false ? "less than" : "at most"} ${String(issue.maximum)}`;
      return [{ path, problem: "too big", details: { expected: bound, got } }];
    }
    case "invalid_union": {
      const allowed = issue.errors.length === 0 ? literalsAt(context.schema, path) : [];
      if (allowed.length > 0) return [unknownValue(path, value, allowed)];
      const branch = bestBranch(issue.errors);
      if (branch) return branch.flatMap((inner) => describe(inner, path, context));
      const kinds = issue.errors.flat().flatMap((e) => (e.code === "invalid_type" ? [article(e.expected)] : []));
      const expected = [...new Set(kinds)].join(" or ") || undefined;
      if (value === undefined) return [missing(path, undefined)];
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

function missing(path: KeyPath, expected: string | undefined): ConfigProblem {
  return {
    path,
    problem: `option "${path.at(-1)}" is missing`,
    details: { expected: expected && article(expected) },
    missing: true,
  };
}

function unknownValue(path: KeyPath, value: unknown, allowed: readonly string[]): ConfigProblem {
  const expected = allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(", ")}`;
  if (value === undefined) return missing(path, expected);
  const near = typeof value === "string" ? nearest(value, allowed) : undefined;
  const fix = near && allowed.length > 1 ? `Did you mean "${near}"?` : undefined;
  return { path, problem: "unknown value", details: { expected, got: show(value), fix } };
}

function unknownKey(key: string, path: KeyPath, { schema, input }: Context): ConfigProblem {
  const known = keysAt(schema, path, input);
  const near = nearest(key, known);
  const elsewhere = near === undefined ? pathsOf(schema, key) : [];
  const fix = near
    ? `Did you mean "${near}"?`
    : elsewhere.length
      ? `Did you mean ${elsewhere.map((found) => `"${found}"`).join(" or ")}?`
      : known.length
        ? `Options known here: ${known.join(", ")}.`
        : "No options are known here.";
  const meant = near === undefined ? {} : { meant: [...path, near].join(".") };
  return { path: [...path, key], problem: `unknown option "${key}"`, details: { fix }, ...meant };
}

/** Of a union's branches, the one that the value was meant for: its own type fits and only something inside does not. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fits = branches.filter((issues) => !issues.some((i) => i.path.length === 0 && i.code === "invalid_type"));
  return [...fits].sort((a, b) => a.length - b.length)[0];
}

function valueAt(input: unknown, path: KeyPath): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

function show(value: unknown): string {
  if (value === null) return "nothing";
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

function article(kind: string): string {
  const known: Record<string, string> = {
    object: "a map of options",
    record: "a map",
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

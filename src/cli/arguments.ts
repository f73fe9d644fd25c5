import { parseArgs } from "node:util";
import type { ArgsDef } from "citty";
import { nearest } from "../config/nearest.js";
import { MmdinError } from "../errors.js";

export interface CheckedArguments {
  /** What was written, in a form that leaves no room for guessing: `--name=value`, flags, then positional words. */
  words: string[];
  /** Every value of each option, in order: an option may be repeated, as `--set` is. */
  values: Readonly<Record<string, readonly string[]>>;
}

/**
 * Holds the words of a command line against the arguments that a command takes; citty itself lets unknown options,
 * missing values and extra words pass. `--set a=1 b=2` counts as `--set a=1 --set b=2`.
 *
 * @throws MmdinError CONFIG: an unknown option (the nearest one suggested), a missing value, a missing required
 * argument, a value outside an enum, a word too many.
 */
export function checkArguments(where: string, { args, words }: { args: ArgsDef; words: string[] }): CheckedArguments {
  const fail = (problem: string, details: { expected?: string; got?: string; fix?: string } = {}): never => {
    const fix = [details.fix, `See \`${where} --help\``].filter((text) => text !== undefined).join(" ");
    throw new MmdinError("CONFIG", problem, { where, ...details, fix });
  };
  const named = Object.entries(args).filter(([, definition]) => definition.type !== "positional");
  const positional = Object.entries(args).filter(([, definition]) => definition.type === "positional");
  const options = Object.fromEntries(
    named.map(([name, { type }]) => [name, { type: type === "boolean" ? ("boolean" as const) : ("string" as const) }]),
  );
  const { tokens } = parseArgs({ args: words, options, strict: false, allowPositionals: true, tokens: true });

  const values: Record<string, string[]> = {};
  const flags: string[] = [];
  const rest: string[] = [];
  let listing: string[] | undefined; // the values of `--set`, while its words go on
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (listing !== undefined && token.value.includes("=")) listing.push(token.value);
      else rest.push(token.value);
      continue;
    }
    listing = undefined;
    if (token.kind === "option-terminator") continue;
    const negated = /^no-/.test(token.name) ? args[token.name.slice(3)] : undefined;
    if (negated?.type === "boolean" && "negativeDescription" in negated && token.rawName.startsWith("--")) {
      if (token.value !== undefined) return fail(`${token.rawName} takes no value`, { got: token.value });
      flags.push(token.name);
      continue;
    }
    const definition = Object.hasOwn(args, token.name) ? args[token.name] : undefined;
    if (definition === undefined || definition.type === "positional" || !token.rawName.startsWith("--"))
      return fail(`unknown option ${token.rawName}`, { fix: suggestion(token.name, named) });
    if (definition.type === "boolean") {
      if (token.value !== undefined) return fail(`${token.rawName} takes no value`, { got: token.value });
      flags.push(token.name);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))
      return fail(`${token.rawName} has no value`, { expected: hint(token.name, definition) });
    if (definition.type === "enum" && !definition.options?.includes(token.value))
      return fail(`${token.rawName} is not known`, { expected: hint(token.name, definition), got: token.value });
    const list = values[token.name] ?? [];
    values[token.name] = list;
    list.push(token.value);
    if (token.name === "set") listing = list;
  }

  const extra = rest[positional.length];
  if (extra !== undefined) return fail(`unexpected word "${extra}"`);
  for (const [name, definition] of named)
    if (definition.required && values[name] === undefined)
      return fail(`--${name} is missing`, { expected: hint(name, definition) });
  positional.forEach(([name, definition], index) => {
    if (definition.required !== false && rest[index] === undefined)
      fail(`${name.toUpperCase()} is missing`, { expected: definition.description });
  });
  for (const [name, list] of Object.entries(values))
    if (name !== "set" && list.length > 1) return fail(`--${name} is given ${list.length} times`);
  const pairs = Object.entries(values).flatMap(([name, list]) => list.map((value) => `--${name}=${value}`));
  return { words: [...pairs, ...flags.map((name) => `--${name}`), ...rest], values };
}

function suggestion(name: string, named: [string, unknown][]): string | undefined {
  const near = nearest(
    name,
    named.map(([known]) => known),
  );
  return near === undefined ? undefined : `Did you mean --${near}?`;
}

function hint(name: string, definition: ArgsDef[string]): string {
  if (definition.type === "enum") return `one of ${(definition.options ?? []).join(", ")}`;
  return definition.valueHint ?? name.toUpperCase();
}

/**
 * The whole number that an option was given, or undefined where it was not given.
 *
 * @throws MmdinError CONFIG where it is not one, or below `least` (default 0).
 */
export function wholeNumber(
  value: string | undefined,
  { option, least = 0 }: { option: string; least?: number },
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least && value.trim() !== "") return number;
  const expected = `a whole number of at least ${least}`;
  throw new MmdinError("CONFIG", "not a number that fits", { where: option, expected, got: value });
}

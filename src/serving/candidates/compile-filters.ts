import type { Condition, Filters } from "../../api/contract.js";
import { nearest } from "../../config/nearest.js";
import {
  type Catalogue,
  FIRST_VALUE_CODE,
  type IdIndex,
  type ModalityColumn,
  UNKNOWN_INDEX,
} from "../../data/index.js";
import { MmdinError } from "../../errors.js";

export interface FilterOptions {
  catalogue: Catalogue;
  /** Ids of the catalogue's items. */
  ids: Pick<IdIndex, "indexOf">;
}

export interface CompiledFilters {
  /** Whether all conditions hold for an item of the catalogue. */
  allows: (item: number) => boolean;
  /** Values and ids that no item can have. */
  warnings: string[];
}

type Test = (item: number) => boolean;
type Value = string | number;

/** What a condition comes down to. */
type Parsed = { kind: "values"; values: readonly Value[]; not: boolean } | { kind: "range"; min: number; max: number };

/**
 * Reads conditions on the modalities of a catalogue, all of which must hold:
 *
 * | condition | holds for an item that has |
 * |---|---|
 * | a value, or several | one of them, as category, number or id |
 * | `min`, `max` | a number from `min` to `max`, both included; either may be left out |
 * | `not` | none of these values, the modality itself being there or not |
 *
 * An item that lacks the modality fails every condition but `not`. A value that no item can have is no error: it fits nothing, and a
 * warning names it.
 *
 * O(filters) for an item; numbers are compared in 32 bits, as the catalogue holds them.
 *
 * @throws MmdinError REQUEST with the place (`filters.price`) where a modality is not there or has vectors, and where a condition does not fit its kind.
 */
export function compileFilters(filters: Filters, options: FilterOptions): CompiledFilters {
  if (typeof filters !== "object" || filters === null || Array.isArray(filters)) {
    const expected = "conditions by the names of modalities";
    throw new MmdinError("REQUEST", "not filters", { where: "filters", expected, got: shown(filters) });
  }
  const warnings: string[] = [];
  const tests = Object.entries(filters).map(([name, condition]) =>
    compileOne(name, condition, { ...options, warnings }),
  );
  return { allows: (item) => tests.every((holds) => holds(item)), warnings };
}

function compileOne(
  name: string,
  condition: Condition,
  { catalogue, ids, warnings }: FilterOptions & { warnings: string[] },
): Test {
  const where = `filters.${name}`;
  const column = catalogue.modalities.find((modality) => modality.name === name);
  if (name === "id") return testId(parse(condition, { where, kind: "id" }), { ids, where, warnings });
  if (column === undefined) throw unknownModality(name, { catalogue, where });
  switch (column.kind) {
    case "category":
      return testCategory(parse(condition, { where, kind: "category" }), { column, where, warnings });
    case "number":
      return testNumber(parse(condition, { where, kind: "number" }), { column, where });
    case "vector":
      throw new MmdinError("REQUEST", "this modality holds vectors, which no condition fits", {
        where,
        expected: `one of ${filterable(catalogue).join(", ")}`,
        got: name,
      });
  }
}

/** Reads a condition as what it says; a range is one of numbers alone. */
function parse(condition: unknown, { where, kind }: { where: string; kind: "id" | "category" | "number" }): Parsed {
  if (isValue(condition)) return { kind: "values", values: [condition], not: false };
  if (Array.isArray(condition)) {
    if (condition.length > 0 && condition.every(isValue)) return { kind: "values", values: condition, not: false };
    throw wrong(condition, { where, kind });
  }
  if (typeof condition !== "object" || condition === null) throw wrong(condition, { where, kind });
  const keys = Object.keys(condition);
  const strange = keys.find((key) => !["min", "max", "not"].includes(key));
  if (strange !== undefined) throw strangeKey(strange, { where, kind });
  const { min, max, not } = condition as Record<"min" | "max" | "not", unknown>;
  if (not !== undefined) {
    const values: unknown[] = Array.isArray(not) ? not : [not];
    if (keys.length === 1 && values.every(isValue)) return { kind: "values", values, not: true };
    throw wrong(condition, { where, kind });
  }
  if (min === undefined && max === undefined) throw wrong(condition, { where, kind });
  if (kind !== "number") {
    throw new MmdinError("REQUEST", kind === "id" ? "ids have no range" : "a category has no range", {
      where,
      expected: EXPECTED[kind],
      got: shown(condition),
    });
  }
  const [from, to] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  if (typeof from !== "number" || typeof to !== "number" || !(from <= to)) throw wrong(condition, { where, kind });
  return { kind: "range", min: Math.fround(from), max: Math.fround(to) };
}

function testId(
  parsed: Parsed,
  { ids, where, warnings }: { ids: Pick<IdIndex, "indexOf">; where: string; warnings: string[] },
): Test {
  if (parsed.kind === "range") throw new TypeError("ids have no range");
  const wanted = new Set<number>();
  for (const id of parsed.values.map(String)) {
    const item = ids.indexOf(id);
    if (item === UNKNOWN_INDEX) warnings.push(`${where}: there is no item ${JSON.stringify(id)}`);
    else wanted.add(item);
  }
  return (item) => wanted.has(item) !== parsed.not;
}

function testCategory(
  parsed: Parsed,
  {
    column: { vocabulary, offsets, codes },
    where,
    warnings,
  }: { column: Extract<ModalityColumn, { kind: "category" }>; where: string; warnings: string[] },
): Test {
  if (parsed.kind === "range") throw new TypeError("a category has no range");
  const wanted = new Uint8Array(vocabulary.length + FIRST_VALUE_CODE);
  for (const value of parsed.values.map(String)) {
    const place = vocabulary.indexOf(value);
    if (place >= 0) wanted[place + FIRST_VALUE_CODE] = 1;
    else warnings.push(unknownValue(value, { vocabulary, where }));
  }
  return (item) => {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) if (wanted[codes[at]!] === 1) return !parsed.not;
    return parsed.not;
  };
}

function testNumber(
  parsed: Parsed,
  { column: { values: numbers }, where }: { column: Extract<ModalityColumn, { kind: "number" }>; where: string },
): Test {
  if (parsed.kind === "range") return (item) => numbers[item]! >= parsed.min && numbers[item]! <= parsed.max;
  const wanted = new Set(
    parsed.values.map((value) => {
      const number = typeof value === "number" || value.trim() === "" ? value : Number(value);
      if (typeof number === "number" && Number.isFinite(number)) return Math.fround(number);
      throw new MmdinError("REQUEST", "not a number", { where, expected: EXPECTED.number, got: JSON.stringify(value) });
    }),
  );
  return (item) => wanted.has(numbers[item]!) !== parsed.not;
}

const EXPECTED = {
  id: 'an id, a list of ids, or { "not": ... }',
  category: 'a value, a list of values, or { "not": ... }',
  number: 'a number, a list of numbers, { "min": ..., "max": ... } with min at most max, or { "not": ... }',
} as const;

const isValue = (value: unknown): value is Value =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value));

function wrong(got: unknown, { where, kind }: { where: string; kind: keyof typeof EXPECTED }): MmdinError {
  return new MmdinError("REQUEST", "not a condition", { where, expected: EXPECTED[kind], got: shown(got) });
}

function strangeKey(key: string, { where, kind }: { where: string; kind: keyof typeof EXPECTED }): MmdinError {
  const near = nearest(key, ["min", "max", "not"]);
  return new MmdinError("REQUEST", "not a condition", {
    where: `${where}.${key}`,
    expected: EXPECTED[kind],
    got: JSON.stringify(key),
    ...(near !== undefined && { fix: `Did you mean ${near}?` }),
  });
}

function unknownModality(name: string, { catalogue, where }: { catalogue: Catalogue; where: string }): MmdinError {
  const names = filterable(catalogue);
  const near = nearest(name, names);
  return new MmdinError("REQUEST", "there is no such modality", {
    where,
    expected: `one of ${names.join(", ")}`,
    got: name,
    ...(near !== undefined && { fix: `Did you mean ${near}?` }),
  });
}

function unknownValue(value: string, { vocabulary, where }: { vocabulary: readonly string[]; where: string }): string {
  const near = nearest(value, vocabulary);
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return `${where}: no item of the training slice has ${JSON.stringify(value)}${hint}`;
}

/** The names that conditions can be on. */
function filterable({ modalities }: Catalogue): string[] {
  return ["id", ...modalities.filter(({ kind }) => kind !== "vector").map(({ name }) => name)];
}

/** As JSON, cut short. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

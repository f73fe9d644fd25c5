import { describe, expect, test } from "vitest";
import { goldenCatalogue } from "../../../test/models/golden.js";
import type { Condition, Filters } from "../../api/contract.js";
import { type Catalogue, FIRST_VALUE_CODE, IdIndex, UNKNOWN_CODE } from "../../data/index.js";
import { RandomStream } from "../../random.js";
import { compileFilters } from "./compile-filters.js";

const ITEMS = 60;
const GENRES = ["drama", "comedy", "war", "noir"];
const random = new RandomStream(4, "filters");

interface Thing {
  id: string;
  genres: string[];
  price: number | null;
}
const things: Thing[] = Array.from({ length: ITEMS }, (_, i) => ({
  id: i === 0 ? "" : `t${i}`,
  genres: i === 0 ? [] : GENRES.filter(() => random.uniform() < 0.4),
  price: i === 0 || random.uniform() < 0.2 ? null : random.below(40) / 10, // none of which but whole and half ones is exact in 32 bits
}));
const lists = things.map(({ genres }) => genres.map((genre) => GENRES.indexOf(genre) + FIRST_VALUE_CODE));
lists[7] = [UNKNOWN_CODE];
things[7]!.genres = ["a genre that training has not seen"];
const offsets = new Int32Array(ITEMS + 1);
lists.forEach((list, i) => {
  offsets[i + 1] = offsets[i]! + list.length;
});
const catalogue: Catalogue = {
  ...goldenCatalogue,
  items: { count: ITEMS, trained: 50 },
  modalities: [
    {
      name: "genre",
      kind: "category",
      multiple: true,
      vocabulary: GENRES,
      offsets,
      codes: Int32Array.from(lists.flat()),
    },
    {
      name: "price",
      kind: "number",
      normaliser: { log: false, mean: 0, std: 1 },
      values: Float32Array.from(things, ({ price }) => price ?? Number.NaN),
    },
    { name: "look", kind: "vector", dimension: 2, row: new Int32Array(ITEMS).fill(-1), values: new Float32Array(0) },
  ],
};
const ids = new IdIndex(things.map(({ id }) => id));
const compile = (filters: Filters) => compileFilters(filters, { catalogue, ids });
const through = (filters: Filters): number[] => {
  const { allows } = compile(filters);
  return things.map((_, i) => i).filter((i) => i > 0 && allows(i));
};

/** Written as the documentation reads. */
function holds(thing: Thing, name: string, condition: Condition): boolean {
  const values: (string | number)[] =
    name === "id" ? [thing.id] : name === "genre" ? thing.genres : thing.price === null ? [] : [thing.price];
  const equals = (wanted: string | number): boolean => values.some((value) => String(value) === String(wanted));
  if (typeof condition === "string" || typeof condition === "number") return equals(condition);
  if (Array.isArray(condition)) return condition.some(equals);
  if ("not" in condition) return ![condition.not].flat().some((wanted) => equals(wanted));
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition as {
    min?: number;
    max?: number;
  };
  return values.some((value) => Number(value) >= min && Number(value) <= max);
}

function draw(name: string): Condition {
  const values =
    name === "genre"
      ? [...GENRES, "western"]
      : name === "id"
        ? ["t1", "t5", "t50", "nobody"]
        : [0, 0.1, 1.3, 2.7, 3.9, 40];
  const one = (): string | number => values[random.below(values.length)]!;
  const kind = random.below(name === "price" ? 4 : 3);
  if (kind === 0) return one();
  if (kind === 1) return [one(), one()];
  if (kind === 2) return { not: random.below(2) === 0 ? String(one()) : [String(one()), String(one())] };
  const [a, b] = [random.below(40) / 10, random.below(40) / 10];
  return [{ min: Math.min(a, b), max: Math.max(a, b) }, { min: a }, { max: b }][random.below(3)]!;
}

test("500 random questions let through what a naive check of every item lets through", () => {
  let passed = 0;
  for (let round = 0; round < 500; round++) {
    const names = ["genre", "price", "id"].filter(() => random.uniform() < 0.5);
    const filters = Object.fromEntries(names.map((name) => [name, draw(name)]));
    const naive = things
      .map((_, i) => i)
      .filter((i) => i > 0 && names.every((name) => holds(things[i]!, name, filters[name]!)));
    expect(through(filters), JSON.stringify(filters)).toEqual(naive);
    passed += naive.length;
  }
  expect(passed).toBeGreaterThan(1000);
});

test("a value that nothing has, and an id that is none, fit nothing and are named in a warning", () => {
  const { warnings } = compile({ genre: ["war", "Dramma"], id: "t900" });
  expect(warnings).toEqual([
    'filters.genre: no item of the training slice has "Dramma"; did you mean "drama"?',
    'filters.id: there is no item "t900"',
  ]);
  expect(through({ genre: "western" })).toEqual([]);
  expect(through({})).toHaveLength(ITEMS - 1);
});

describe("is refused", () => {
  const refused: [string, unknown, string][] = [
    [
      "a list of conditions",
      [{ genre: "war" }],
      'filters: not filters: expected conditions by the names of modalities, got [{"genre":"war"}]',
    ],
    [
      "a modality that is not there",
      { gener: "war" },
      "filters.gener: there is no such modality: expected one of id, genre, price, got gener. Did you mean genre?",
    ],
    [
      "one with vectors",
      { look: "red" },
      "filters.look: this modality holds vectors, which no condition fits: expected one of id, genre, price, got look",
    ],
    [
      "a range on a category",
      { genre: { min: 1 } },
      'filters.genre: a category has no range: expected a value, a list of values, or { "not": ... }, got {"min":1}',
    ],
    [
      "a range on ids",
      { id: { max: 1 } },
      'filters.id: ids have no range: expected an id, a list of ids, or { "not": ... }, got {"max":1}',
    ],
    [
      "text where a number is",
      { price: "cheap" },
      'filters.price: not a number: expected a number, a list of numbers, { "min": ..., "max": ... } with min at most max, or { "not": ... }, got "cheap"',
    ],
    [
      "a range from right to left",
      { price: { min: 3, max: 2 } },
      'filters.price: not a condition: expected a number, a list of numbers, { "min": ..., "max": ... } with min at most max, or { "not": ... }, got {"min":3,"max":2}',
    ],
    [
      "a word that is none of a condition",
      { price: { maxi: 2 } },
      'filters.price.maxi: not a condition: expected a number, a list of numbers, { "min": ..., "max": ... } with min at most max, or { "not": ... }, got "maxi". Did you mean max?',
    ],
    [
      "an empty list",
      { genre: [] },
      'filters.genre: not a condition: expected a value, a list of values, or { "not": ... }, got []',
    ],
    [
      "null",
      { genre: null },
      'filters.genre: not a condition: expected a value, a list of values, or { "not": ... }, got null',
    ],
  ];
  for (const [what, filters, message] of refused) {
    test(what, () => {
      expect(() => compile(filters as Filters)).toThrow(expect.objectContaining({ code: "REQUEST", message }));
    });
  }
});

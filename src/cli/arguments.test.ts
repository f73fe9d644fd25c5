import type { ArgsDef } from "citty";
import { expect, test } from "vitest";
import { checkArguments, wholeNumber } from "./arguments.js";

const args = {
  config: { type: "positional", description: "the path of a dataset.yaml" },
  out: { type: "string", required: true, valueHint: "DIR" },
  set: { type: "string", valueHint: "KEY=VALUE" },
  split: { type: "enum", options: ["train", "test"] },
  json: { type: "boolean" },
} satisfies ArgsDef;
const check = (line: string) => checkArguments("mmdin try", { args, words: line.split(" ") });

test("words are brought into one form: options with =, then flags, then positional words", () => {
  expect(check("a.yaml --out x --json").words).toEqual(["--out=x", "--json", "a.yaml"]);
});

test("set takes several words, and may be repeated", () => {
  const { values, words } = check("a.yaml --set a=1 b.c=x=y --out x --set d=2");
  expect(values.set).toEqual(["a=1", "b.c=x=y", "d=2"]);
  expect(words.at(-1)).toBe("a.yaml");
});

test("an unknown option is answered with the nearest one", () => {
  expect(() => check("a.yaml --ouf x")).toThrow(
    "mmdin try: unknown option --ouf. Did you mean --out? See `mmdin try --help`",
  );
  expect(() => check("a.yaml --banana x")).toThrow("mmdin try: unknown option --banana. See");
  expect(() => check("a.yaml -o x")).toThrow("unknown option -o");
});

test("the names of Object's own methods are no options", () => {
  expect(() => check("a.yaml --out x --constructor")).toThrow("unknown option --constructor");
});

test("an option without its value, with one too many, or twice is refused", () => {
  expect(() => check("a.yaml --out --json")).toThrow("--out has no value: expected DIR");
  expect(() => check("a.yaml --out")).toThrow("--out has no value: expected DIR");
  expect(() => check("a.yaml --out x --json=yes")).toThrow("--json takes no value: got yes");
  expect(() => check("a.yaml --out x --out y")).toThrow("--out is given 2 times");
});

test("what is missing is named with what it should be", () => {
  expect(() => check("a.yaml")).toThrow("mmdin try: --out is missing: expected DIR");
  expect(() => check("--out x")).toThrow("mmdin try: CONFIG is missing: expected the path of a dataset.yaml");
  expect(() => check("a.yaml b.yaml --out x")).toThrow('unexpected word "b.yaml"');
});

test("a value outside an enum is answered with those inside", () => {
  expect(() => check("a.yaml --out x --split tests")).toThrow(
    "--split is not known: expected one of train, test, got tests",
  );
});

test("a whole number is read, a fraction, a word and one too small are refused", () => {
  expect(wholeNumber("12", { option: "--seed" })).toBe(12);
  expect(wholeNumber(undefined, { option: "--seed" })).toBeUndefined();
  for (const value of ["1.5", "many", "-1", " "])
    expect(() => wholeNumber(value, { option: "--seed" })).toThrow(
      `--seed: not a number that fits: expected a whole number of at least 0, got ${value}`,
    );
});

test("--no- before a flag that has two sides is a flag; before another one it is not known", () => {
  const two = { serve: { type: "boolean", negativeDescription: "End" }, json: { type: "boolean" } } satisfies ArgsDef;
  const words = (line: string) => checkArguments("mmdin try", { args: two, words: line.split(" ") }).words;
  expect(words("--no-serve --json")).toEqual(["--no-serve", "--json"]);
  expect(words("--serve")).toEqual(["--serve"]);
  expect(() => words("--no-json")).toThrow("unknown option --no-json");
  expect(() => words("--no-serve=yes")).toThrow("--no-serve takes no value: got yes");
});

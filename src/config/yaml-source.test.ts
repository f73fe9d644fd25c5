import { expect, test } from "vitest";
import { z } from "zod";
import { MmdinError } from "../errors.js";
import { nearest } from "./nearest.js";
import { parseYaml } from "./yaml-source.js";

const schema = z.strictObject({
  name: z.string().min(1),
  rate: z.number().positive().default(0.1),
  kind: z.enum(["linear", "tanh", "softmax"]).default("tanh"),
  layers: z.array(z.int()).default([]),
  split: z
    .discriminatedUnion("by", [
      z.strictObject({ by: z.literal("time"), valid: z.number().optional() }),
      z.strictObject({ by: z.literal("leave-last") }),
    ])
    .optional(),
  from: z.union([z.string(), z.strictObject({ sql: z.string() })]).optional(),
});

function errorOf(text: string, set: string[] = []): MmdinError {
  try {
    parseYaml(text, { file: "run.yaml", schema, set });
  } catch (error) {
    if (error instanceof MmdinError) return error;
    throw error;
  }
  throw new Error("no error");
}

test("a valid text gives the value with its defaults and the place of each key", () => {
  const { value, at } = parseYaml("name: a\nlayers:\n  - 1\n  - 2\n", { file: "run.yaml", schema });
  expect(value).toEqual({ name: "a", rate: 0.1, kind: "tanh", layers: [1, 2] });
  expect(at("layers.1")).toBe("run.yaml:4:5 (layers.1)");
  expect(at("rate")).toBe("run.yaml:1:1 (rate)");
});

test("an unknown option is named with its line, and the nearest known one is suggested", () => {
  expect(errorOf("name: a\nratee: 1\n").message).toBe(
    'run.yaml:2:1 (ratee): unknown option "ratee". Did you mean "rate"?',
  );
});

test("an unknown option that is near to none lists the known ones", () => {
  expect(errorOf("name: a\nqqqqqq: 1\n").message).toContain(
    "Options known here: name, rate, kind, layers, split, from.",
  );
});

test("an unknown option of one branch of a union is held against that branch", () => {
  const error = errorOf("name: a\nsplit: { by: time, vald: 3 }\n");
  expect(error.message).toBe('run.yaml:2:20 (split.vald): unknown option "vald". Did you mean "valid"?');
});

test("an unknown discriminator names the values that exist", () => {
  expect(errorOf("name: a\nsplit: { by: tme }\n").message).toBe(
    'run.yaml:2:10 (split.by): unknown value: expected one of time, leave-last, got "tme". Did you mean "time"?',
  );
});

test("a wrong type says what was expected and what came", () => {
  const error = errorOf("name: a\nrate: fast\n");
  expect(error.code).toBe("CONFIG");
  expect(error.message).toBe('run.yaml:2:1 (rate): wrong type: expected a number, got "fast"');
  expect(errorOf("name: a\nfrom: 3\n").message).toContain("expected text or a map of options, got 3");
});

test("a value of an enumeration that does not exist suggests the nearest", () => {
  expect(errorOf("name: a\nkind: sofmax").message).toContain(
    'expected one of linear, tanh, softmax, got "sofmax". Did you mean "softmax"?',
  );
});

test("a number out of range says the bound", () => {
  expect(errorOf("name: a\nrate: 0").message).toBe("run.yaml:2:1 (rate): too small: expected more than 0, got 0");
});

test("several problems come in one error, unknown options first", () => {
  const lines = errorOf("rate: -1\nnme: a\n").message.split("\n");
  expect(lines[0]).toBe('run.yaml:2:1 (nme): unknown option "nme". Did you mean "name"?');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("(rate): too small");
});

test("a missing option is named where its parent stands", () => {
  expect(errorOf("rate: 1").message).toBe('run.yaml:1:1 (name): option "name" is missing: expected text');
});

test("a YAML error points at line and column", () => {
  expect(errorOf("name: a\nrate: [1, 2\n").message).toMatch(/^run\.yaml:3:1: /);
  expect(errorOf("name: a\nname: b\n").message).toBe('run.yaml:2:1: the key "name" is there twice');
});

test("an empty text is an empty map", () => {
  expect(errorOf("").message).toContain('option "name" is missing');
});

test("overrides replace, nest and are read as YAML", () => {
  const set = ["rate=0.5", "layers=[3, 4]", "layers.0=9", "split.by=time", "split.valid=2"];
  const { value, at } = parseYaml("name: a\nrate: 1", { file: "run.yaml", schema, set });
  expect(value).toMatchObject({ rate: 0.5, layers: [9, 4], split: { by: "time", valid: 2 } });
  expect(at("rate")).toBe("--set rate=0.5 (rate)");
});

test("a wrong override is named as it was given", () => {
  expect(errorOf("name: a", ["rate=no"]).message).toContain("--set rate=no (rate): wrong type");
  expect(errorOf("name: a", ["rate"]).message).toContain("--set rate: not an override: expected key.path=value");
  expect(errorOf("name: a", ["a..b=1"]).message).toContain("an empty key");
  expect(errorOf("name: a\nlayers: [1]", ["layers.5=1"]).message).toContain('no entry "5" in a list of 1');
});

test("nearest finds a word within a third of its length and nothing beyond", () => {
  expect(nearest("useId", ["userId", "movieId"])).toBe("userId");
  expect(nearest("zzz", ["userId", "movieId"])).toBeUndefined();
});

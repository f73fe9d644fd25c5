import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { folderOf, makePlan } from "./plan.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const grid = (text: string): string => {
  const path = join(folder, "grid.yaml");
  writeFileSync(path, text);
  return path;
};
const plan = (models: string[], text: string, set: string[] = []) =>
  makePlan({ models, seeds: [1], set, config: grid(text) });

test("a name that is short and plain is its folder, any other gets a hash: no two names share one, none is too long", () => {
  expect(folderOf("dcn-v2")).toBe("dcn-v2");
  expect(folderOf("din (textbook)")).toMatch(/^din-textbook-[0-9a-f]{8}$/);
  const names = ["c", "c++", "C", "!!!", "-", "x".repeat(300), `${"x".repeat(300)}y`, "später", "..", "a/b"];
  const folders = names.map(folderOf);
  expect(new Set(folders).size).toBe(names.length);
  for (const name of folders) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,59}$/);
});

test("textbook features leave ages to models that take them for positions", () => {
  const { lines } = plan(["din", "bst", "dmin", "popularity"], "features: textbook\n");
  const ages = lines.map(({ set }) => set.filter((entry) => entry.startsWith("options.age")));
  expect(ages).toEqual([["options.age=false"], [], [], []]);
  expect(lines[1]!.set).toContain('options.modalities="ids"');
});

test("what a line says itself is not tuned, nor what --set says", () => {
  const text = `
lines: [{ name: slow, model: din, set: [optimizer.learningRate=0.0001] }]
tuning: { trials: 4, space: { optimizer.learningRate: [0.001, 0.002], batchSize: [128, 256, 1024] } }`;
  const { lines } = plan(["lr"], text, ["batchSize=64"]);
  const rates = ["optimizer.learningRate=0.001", "optimizer.learningRate=0.002"];
  expect(lines[0]!.trials.flat().sort()).toEqual(rates);
  expect(lines[1]!.trials).toEqual([[]]);
});

test("a line whose model does not exist is refused with its place in the grid and the nearest name", () => {
  const text = "lines:\n  - { name: plain, model: lr }\n  - { name: typo, model: dinn }\n";
  expect(() => plan([], text)).toThrow(
    /grid\.yaml:3:5 \(lines\.1\), model: there is no model dinn.*Did you mean din\?/,
  );
  expect(() => plan(["dinn"], "")).toThrow(/--models dinn, model: there is no model dinn/);
});

test("values of a model's own take the place of the common ones", () => {
  const text = `
tuning:
  trials: 10
  space: { optimizer.learningRate: [0.001] }
  models: { lr: { optimizer.learningRate: [0.01, 0.03] } }`;
  const trials = (index: number) => plan(["lr", "din"], text).lines[index]!.trials.flat();
  expect(trials(0).sort()).toEqual(["optimizer.learningRate=0.01", "optimizer.learningRate=0.03"]);
  expect(trials(1)).toEqual(["optimizer.learningRate=0.001"]);
});

test("a small space ends where there is nothing new, a thousand trials or not; the defaults are not tried twice", () => {
  const text = "tuning: { trials: 1000, space: { batchSize: [512, 64], hide.id: [0.1, 0.3] } }\n";
  const [{ trials } = { trials: [] }] = plan(["din"], text).lines;
  expect(trials).toHaveLength(4);
  expect(trials[0]).toEqual([]);
});

test("what the comparison decides itself is no option of a line, in a grid and on the command line", () => {
  const space = (path: string, values: string) => `tuning: { trials: 2, space: { ${path}: ${values} } }\n`;
  expect(() => plan(["lr"], space("monitor", "[auc]"))).toThrow(/grid\.yaml:1.*monitor cannot be an option of a line/);
  expect(() => plan(["lr"], space("seed", "[1, 2]"))).toThrow("seed cannot be an option of a line");
  expect(() => plan(["lr"], "", ["model=din"])).toThrow("model cannot be an option of a line");
});

test("the base is embedding-mlp, else din, else the first line; another name is refused with the names of the lines", () => {
  expect(plan(["popularity", "din", "embedding-mlp"], "").base).toBe("embedding-mlp");
  expect(plan(["popularity", "din"], "").base).toBe("din");
  expect(plan(["popularity"], "").base).toBe("popularity");
  expect(() => plan(["lr", "din"], "base: dinn\n")).toThrow(/grid\.yaml:1:1.*one of lr, din, got dinn/);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { readRunConfig, runSchema } from "./run-config.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "run.yaml");
  writeFileSync(path, text);
  return path;
}

test("without a file every option has its default", () => {
  const { config } = readRunConfig();
  expect([config.model, config.seed, config.batchSize, config.evaluateEvery]).toEqual(["mmdin", 1, 512, 0.25]);
  expect([config.optimizer.learningRate, config.optimizer.clipNorm, config.schedule.kind]).toEqual([
    4e-3,
    10,
    "plateau",
  ]);
  expect(config.hide).toEqual({ id: 0.5, statistics: 0.5, modality: 0.05, feature: 0.1 });
});

test("overrides are applied over the file, in order", () => {
  const path = file("seed: 3\noptimizer: { learningRate: 0.01 }\n");
  const set = ["optimizer.learningRate=0.02", "optimizer.learningRate=3e-2", "options.attentionHeads=8"];
  const { config } = readRunConfig(path, { set });
  expect([config.seed, config.optimizer.learningRate, config.options.attentionHeads]).toEqual([3, 0.03, 8]);
});

test("a misspelt option is answered with its line and the nearest one", () => {
  const path = file("seed: 3\noptimizer:\n  learnRate: 0.01\n");
  expect(() => readRunConfig(path)).toThrow(/run\.yaml:3:3 \(optimizer\.learnRate\): unknown option "learnRate"/);
  expect(() => readRunConfig(path)).toThrow('Did you mean "learningRate"?');
  expect(() => readRunConfig(undefined, { set: ["batchsize=8"] })).toThrow('Did you mean "batchSize"?');
});

test("a value out of range says what was expected", () => {
  expect(() => readRunConfig(undefined, { set: ["hide.id=1"] })).toThrow("too big: expected less than 1, got 1");
  expect(() => readRunConfig(undefined, { set: ["monitor=loss"] })).toThrow("expected one of logLoss, auc, gauc");
});

test("the options of the model are checked against its schema and get its defaults", () => {
  const schema = z.strictObject({ heads: z.int().default(4), width: z.int().default(16) });
  const modelOf = () => ({ schema });
  const { config } = readRunConfig(undefined, { set: ["options.width=8"], modelOf });
  expect(config.options).toEqual({ heads: 4, width: 8 });
  expect(() => readRunConfig(undefined, { set: ["options.head=8"], modelOf })).toThrow('Did you mean "heads"?');
});

test("what is hidden of ids is the model's default, .5 where it has none, or what is asked for", () => {
  const schema = z.strictObject({});
  const hidden = (hiddenIds?: number, ...set: string[]): number =>
    readRunConfig(undefined, { set, modelOf: () => ({ schema, hiddenIds }) }).config.hide.id;
  expect([hidden(), hidden(0.3), hidden(0.3, "hide.id=0.1"), hidden(0.3, "hide.statistics=0")]).toEqual([
    0.5, 0.3, 0.1, 0.3,
  ]);
});

test("an option written a level too high is answered with its path, and a place in --set with what was written there", () => {
  const schema = z.strictObject({ width: z.int().default(16), mlp: z.strictObject({ units: z.int() }) });
  const modelOf = () => ({ schema });
  const refused = (...set: string[]) => expect(() => readRunConfig(undefined, { set, modelOf }));
  refused("learningRate=1").toThrow('unknown option "learningRate". Did you mean "optimizer.learningRate"?');
  refused("width=4").toThrow('--set width=4 (width): unknown option "width". Did you mean "options.width"?');
  refused("units=4").toThrow('Did you mean "options.mlp.units"?');
  refused("patience=2", "factor=2").toThrow('Did you mean "schedule.factor"?');
  refused("embedding.width=4").toThrow(
    '--set embedding.width=4 (embedding): unknown option "embedding". Options known',
  );
});

test("a file that is not there is named", () => {
  expect(() => readRunConfig(join(folder, "none.yaml"))).toThrow(
    "none.yaml: the options of the run cannot be read: got nothing at this path. Give",
  );
});

test("every option has a description", () => {
  const schema = JSON.stringify(z.toJSONSchema(runSchema, { io: "input" }));
  const options = schema.match(/"default":/g) ?? [];
  const descriptions = schema.match(/"description":/g) ?? [];
  expect(descriptions.length).toBe(options.length);
});

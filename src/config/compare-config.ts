import { z } from "zod";
import { readConfigText } from "./config-text.js";
import { parseYaml } from "./yaml-source.js";

const override = z.string().regex(/^[^=]+=/, "an override reads key.path=value");
const space = z.record(z.string(), z.array(z.unknown()).min(1));

const line = z.strictObject({
  name: z.string().trim().min(1).describe("What the line is called in the report."),
  model: z.string().min(1).describe("Name of the model in the registry."),
  set: z.array(override).default([]).describe("Options over the model's defaults, as options.dimension=8."),
});

/** Features by the names of the options that every trained model has. */
const someFeatures = z.strictObject({
  modalities: z.union([z.enum(["all", "ids"]), z.array(z.string()).min(1)]).optional(),
  statistics: z.boolean().optional(),
  behaviour: z.boolean().optional(),
  age: z.boolean().optional(),
  history: z.enum(["all", "positives"]).optional(),
});

const tuning = z
  .strictObject({
    trials: z
      .int()
      .min(1)
      .describe("Settings tried for each model, the first of them its defaults; the best on validation is used."),
    seed: z.int().min(0).default(0).describe("Seed of the draws and of the trials' trainings."),
    space: space
      .default({})
      .describe(
        "Values of options that every trained model is tried with, drawn alike for all: { key.path: [values] }.",
      ),
    models: z
      .record(z.string(), space)
      .default({})
      .describe(
        "Further options by model, drawn beside the common ones: { din: { options.attention.weights: [...] } }.",
      ),
  })
  .describe("Small fair tuning: the same number of trials for each model, chosen on validation, never on test.");

/** The shape of grid.yaml, which `mmdin compare --config` reads. */
export const compareSchema = z.strictObject({
  lines: z.array(line).default([]).describe("Lines of the report beside those of --models."),
  features: z
    .union([z.enum(["own", "all", "textbook"]), someFeatures])
    .default("own")
    .describe(
      "What trained models are given: each its defaults (own); all (every modality, statistics, rated history with ages); textbook (ids and categories, a history of positives); or some, named one by one.",
    ),
  set: z.array(override).default([]).describe("Options of every line, as epochs=5."),
  base: z.string().optional().describe("Line that RelaImpr is relative to. Default: embedding-mlp, din or the first."),
  tuning: tuning.optional(),
});

export type CompareConfig = z.output<typeof compareSchema>;

export interface CompareConfigFile {
  config: CompareConfig;
  /** `file:line:col (key.path)` of a key, for errors found later. */
  at(path: string | (string | number)[]): string;
}

/**
 * Reads grid.yaml; without a path, the defaults.
 *
 * @throws MmdinError IO where the file cannot be read, CONFIG where it is not what it should be.
 */
export function readCompareConfig(path?: string): CompareConfigFile {
  const fix = "Give the path of a grid.yaml, or leave --config away.";
  const problem = "the plan of the comparison cannot be read";
  const text = path === undefined ? "" : readConfigText(path, { problem, fix });
  const { value, at } = parseYaml(text, { file: path ?? "--config", schema: compareSchema });
  return { config: value, at };
}

import { z } from "zod";
import { readConfigText } from "./config-text.js";
import { parseYaml } from "./yaml-source.js";

const share = () => z.number().min(0).lt(1);
const positive = () => z.number().positive();
const whole = (least: number) => z.int().min(least);

/** AdamW on the dense weights, lazy Adam on the rows of tables. */
const optimizer = z.strictObject({
  learningRate: positive().default(4e-3).describe("Step size of Adam."),
  weightDecay: z.number().min(0).default(0.01).describe("Decoupled decay of the dense weights (AdamW)."),
  beta1: share().default(0.9).describe("Decay of the mean of gradients."),
  beta2: share().default(0.999).describe("Decay of the mean of squared gradients."),
  epsilon: positive().default(1e-8).describe("Added to the root of the mean square."),
  clipNorm: positive().nullable().default(10).describe("Joint norm that all gradients are scaled down to; null: none."),
  embeddingDecay: z
    .number()
    .min(0)
    .default(0)
    .describe("Mini-batch-aware L2 of the table rows that a batch touches, each divided by its training rows."),
});

const schedule = z.strictObject({
  kind: z
    .enum(["plateau", "constant", "cosine"])
    .default("plateau")
    .describe("plateau: times `factor` where validation stands still; cosine: down to `minimum` over all epochs."),
  factor: positive().lt(1).default(0.1).describe("What the learning rate is multiplied by on a plateau."),
  patience: whole(0).default(1).describe("Validations without a better one before the rate drops."),
  minimum: z.number().min(0).default(1e-6).describe("The rate goes no lower."),
});

/** What training hides now and then, so that a request without it still scores. */
const hideSchema = (id = 0.5) =>
  z
    .strictObject({
      id: share().default(id).describe("Ids replaced by the unknown id, whose row is trained by this."),
      statistics: share()
        .default(0.5)
        .describe("Of the rows whose candidate's id is hidden: its statistics become those of an item without events."),
      modality: share().default(0.05).describe("Modalities of an item replaced by their learned absent vector."),
      feature: share()
        .default(0.1)
        .describe("Features of the history's steps or of the context, and users, replaced by missing."),
    })
    .prefault({})
    .describe("What is hidden in training, each as a share from 0 to below 1.");

/** The options of a run: run.yaml, with `--set a.b=value` on top. Every one has a default. */
export const runSchema = z.strictObject({
  model: z.string().min(1).default("mmdin").describe("Name of the model in the registry."),
  seed: whole(0).default(1).describe("Seed of the weights, the shuffling and the dropout: same seed, same bits."),
  epochs: whole(1).default(20).describe("Passes over the training rows at most; early stop ends sooner."),
  batchSize: whole(1).default(512).describe("Rows in a batch."),
  evaluateEvery: positive()
    .default(0.25)
    .describe(
      "Validate every so often: up to 1 a share of an epoch (no less than some 50 steps), above 1 a number of steps.",
    ),
  patience: whole(1).default(4).describe("Validations without a better one before training stops."),
  monitor: z.enum(["logLoss", "auc", "gauc"]).default("logLoss").describe("What a better validation is judged by."),
  calibration: z
    .enum(["auto", "none", "platt", "isotonic"])
    .default("auto")
    .describe("Fitted on validation at the end; auto: the simplest that rows held out cannot tell from the best."),
  optimizer: optimizer.prefault({}).describe("How gradients become steps."),
  schedule: schedule.prefault({}).describe("How the learning rate changes."),
  hide: hideSchema(),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The model's own options, checked against the model's schema."),
});

/** What a model says of the options of its runs. */
export interface RunModel {
  /** Of the model's own options. */
  schema: z.ZodType;
  /** Default of `hide.id` where it is not that of every model. */
  hiddenIds?: number | undefined;
}

/** The options of a run of one model: its own among them, checked and with their defaults. */
export function runSchemaOf({ schema, hiddenIds }: RunModel) {
  return runSchema.extend({ options: schema.prefault({}), hide: hideSchema(hiddenIds) });
}

const modelSchema = z.looseObject({ model: runSchema.shape.model });

export type RunConfig = z.output<typeof runSchema>;

export interface RunConfigFile {
  config: RunConfig;
  /** `file:line:col (key.path)` of a key, for errors found later. */
  at(path: string): string;
}

export interface RunConfigOptions {
  /** Overrides `optimizer.learningRate=0.01`, applied in order. */
  set?: readonly string[];
  /** A model by its name; without it the model's own options are taken as they are. */
  modelOf?: (name: string) => RunModel;
}

/**
 * Reads the options of a run; without a path, the defaults and `set` alone. The model's own options are checked against the
 * model's schema, and come back with its defaults.
 *
 * @param path run.yaml, where there is one.
 * @throws MmdinError IO where the file cannot be read, CONFIG where an option is not what it should be.
 */
export function readRunConfig(path?: string, { set = [], modelOf }: RunConfigOptions = {}): RunConfigFile {
  const fix = "Give the path of a run.yaml, or leave --config away for the defaults.";
  const problem = "the options of the run cannot be read";
  const text = path === undefined ? "" : readConfigText(path, { problem, fix });
  const file = path ?? "run options";
  if (modelOf === undefined) {
    const { value, at } = parseYaml(text, { file, schema: runSchema, set });
    return { config: value, at };
  }
  // The model alone first: it says what the options must be.
  const { model } = parseYaml(text, { file, schema: modelSchema, set }).value;
  const checked = parseYaml(text, { file, schema: runSchemaOf(modelOf(model)), set });
  return { config: { ...checked.value, options: checked.value.options as Record<string, unknown> }, at: checked.at };
}

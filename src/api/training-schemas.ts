import { z } from "zod";

const whole = z.int().min(0);
const indicator = z.number().nullable();

export const estimateSchema = z
  .strictObject({
    value: indicator,
    interval: z.tuple([z.number(), z.number()]).nullable().meta({ description: "95 %." }),
  })
  .meta({ id: "Estimate" });

export const validationPointSchema = z
  .strictObject({
    epoch: whole,
    step: whole,
    loss: indicator.meta({ description: "Mean training loss since the validation before." }),
    logLoss: indicator,
    auc: indicator,
    gauc: indicator,
    learningRate: z.number(),
    best: z.boolean().meta({ description: "Whether it was the best so far." }),
  })
  .meta({ id: "ValidationPoint" });

export const itemFieldSchema = z
  .strictObject({
    name: z.string(),
    role: z
      .enum(["id", "title", "picture", "text", "category", "number", "other"])
      .meta({ description: "What it is for; `text` is read by an encoder of texts." }),
    type: z.enum(["text", "number", "list", "other"]),
  })
  .meta({ id: "ItemField" });

const measure = z.strictObject({ logLoss: indicator, ece: indicator });

export const modelTrainingSchema = z
  .strictObject({
    run: z.string(),
    model: z.string(),
    created: z.string(),
    state: z.enum(["training", "finished"]),
    dataset: z.strictObject({ name: z.string(), hash: z.string() }),
    versions: z.strictObject({ mmdin: z.string(), node: z.string(), onnxruntime: z.string() }),
    threads: whole,
    device: z.string(),
    parameters: whole,
    options: z.record(z.string(), z.unknown()).meta({ description: "Every option of the run, defaults filled in." }),
    result: z
      .strictObject({
        stopped: z.enum(["early", "epochs", "asked", "counted"]),
        epochs: whole,
        steps: whole,
        seconds: z.number(),
        rowsPerSecond: indicator,
      })
      .nullable(),
    best: validationPointSchema.nullable(),
    calibration: z.strictObject({ kind: z.string(), before: measure.nullable(), after: measure }).nullable(),
    validations: z.array(validationPointSchema),
    itemFields: z.array(itemFieldSchema).meta({ description: "What a record of an item may hold." }),
  })
  .meta({ id: "ModelTraining" });

const bin = z.strictObject({ rows: whole, probability: z.number(), rate: z.number() });

export const measuredModelSchema = z
  .strictObject({
    split: z.literal("test"),
    rows: whole,
    positives: whole,
    people: whole.meta({ description: "Who the intervals are drawn from." }),
    auc: estimateSchema,
    gauc: estimateSchema,
    logLoss: estimateSchema,
    prAuc: indicator,
    accuracy: indicator,
    ece: indicator,
    coldItems: z
      .strictObject({ model: indicator, popularity: indicator })
      .meta({ description: "AUC on items without an event in training." }),
    reliability: z.strictObject({ kind: z.string(), before: z.array(bin), after: z.array(bin) }),
    slices: z.array(
      z.strictObject({ name: z.string(), rows: whole, positives: whole, auc: estimateSchema, logLoss: indicator }),
    ),
    seconds: z.number(),
  })
  .meta({ id: "MeasuredModel" });

export const modelEvaluationSchema = z
  .discriminatedUnion("state", [
    z.strictObject({ state: z.literal("measuring"), done: whole, total: whole.nullable() }),
    z.strictObject({ state: z.literal("measured"), measured: measuredModelSchema }),
    z.strictObject({ state: z.literal("missing"), reason: z.string() }),
  ])
  .meta({ id: "ModelEvaluation" });

export const modelComparisonSchema = z
  .strictObject({
    kind: z.enum(["compare", "ablate"]),
    title: z.string(),
    created: z.string(),
    dataset: z.strictObject({ name: z.string(), hash: z.string() }),
    sameDataset: z.boolean().meta({ description: "Whether it is the dataset of the model that is served." }),
    lead: z.string(),
    sentences: z.array(z.string()),
    lines: z.array(
      z.strictObject({
        name: z.string(),
        model: z.string(),
        parameters: whole.nullable(),
        seeds: whole,
        auc: estimateSchema,
        gauc: estimateSchema,
        logLoss: estimateSchema,
        ece: estimateSchema,
        secondsPerRun: indicator,
      }),
    ),
    best: z.string().nullable(),
    differences: z.array(
      z.strictObject({
        first: z.string(),
        second: z.string(),
        auc: estimateSchema,
        verdict: z.string(),
        sentence: z.string(),
      }),
    ),
    notes: z.array(z.string()),
  })
  .meta({ id: "ModelComparison" });

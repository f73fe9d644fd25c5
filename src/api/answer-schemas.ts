import { z } from "zod";

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);
const whole = z.int().min(0);
const title = z.string().nullable();

export const countersSchema = z
  .strictObject({
    count: whole.meta({ description: "Events." }),
    positives: whole.meta({ description: "Events with label 1." }),
    means: z
      .record(z.string(), z.strictObject({ count: whole, sum: z.number() }))
      .optional()
      .meta({ description: "Number and sum of the values of each averaged number." }),
  })
  .meta({ id: "Counters" });

export const historyStepSchema = z
  .strictObject({
    item: z.string(),
    time: z.number().optional().meta({ description: "Seconds since 1970 (UTC), or a position." }),
    label: z.union([z.literal(0), z.literal(1)]).optional(),
    features: z.record(z.string(), value).optional(),
  })
  .meta({ id: "HistoryStep" });

export const stepExplanationSchema = z
  .strictObject({
    item: z.string(),
    title,
    time: z.number().nullable(),
    label: z.union([z.literal(0), z.literal(1)]).nullable(),
    weights: z
      .array(z.number())
      .meta({ description: "Per attention head, in the order of `heads`; empty without attention." }),
    change: z.number().meta({
      description: "logit - logit without this step, exactly: a positive number speaks for the candidate.",
    }),
    contribution: z.number().meta({ description: "Its share of `historyChange`: those of all steps add up to it." }),
  })
  .meta({ id: "StepExplanation" });

export const explanationSchema = z
  .strictObject({
    history: z.array(stepExplanationSchema).meta({ description: "The steps that the model read, oldest first." }),
    heads: z.array(z.string()),
    gates: z.record(z.string(), z.number()).nullable().meta({
      description: "Share of each modality of the candidate; they add up to 1. Null for a model without gates.",
    }),
    nearest: z.record(z.string(), z.strictObject({ item: z.string(), title, cosine: z.number() })).meta({
      description: "By modality with vectors: the item of the history most like the candidate.",
    }),
    historyChange: z.number().meta({ description: "logit - logit with an empty history, exactly." }),
    summary: z.string().meta({ description: "One plain sentence." }),
  })
  .meta({ id: "Explanation" });

export const candidateSources = ["similar", "co-visited", "popular", "new", "request"] as const;

export const rankerResultSchema = z
  .strictObject({
    item: z.string(),
    probability: z.number().min(0).max(1),
    logit: z.number(),
    title,
    source: z
      .enum(candidateSources)
      .meta({ description: 'Where the candidate came from; "request" for those of rank.' }),
    reason: z.string().nullable().meta({ description: "One plain sentence; null for rank, unless it explains." }),
    explanation: explanationSchema.optional(),
  })
  .meta({ id: "RankerResult" });

export const rankerAnswerSchema = z
  .strictObject({
    results: z.array(rankerResultSchema).meta({ description: "Best first." }),
    unknown: z.array(z.string()).meta({
      description:
        "Ids of the question that the model has no row for: they count as an item of which nothing is known.",
    }),
    warnings: z.array(z.string()).meta({ description: "Said where the answer is less than it could be." }),
    model: z.strictObject({ run: z.string(), name: z.string(), created: z.string() }),
    spent: z
      .record(z.string(), z.number())
      .meta({ description: "Milliseconds by stage: state, queue, candidates, score, explain, total." }),
  })
  .meta({ id: "RankerAnswer" });

export const storedSchema = z.strictObject({ stored: whole }).meta({ id: "Stored", examples: [{ stored: 1 }] });

export const usersSchema = z.strictObject({ users: z.array(z.string()) }).meta({ id: "Users" });

export const userHistorySchema = z
  .strictObject({
    user: z.string(),
    history: z.array(historyStepSchema).meta({ description: "Oldest first." }),
    counters: countersSchema,
  })
  .meta({ id: "UserHistory" });

export const forgottenSchema = z
  .strictObject({ forgotten: whole.meta({ description: "Events that went." }) })
  .meta({ id: "Forgotten" });

const feature = z.strictObject({
  name: z.string(),
  kind: z.enum(["category", "number"]),
  values: z.array(z.string()).optional(),
});

export const modelSummarySchema = z
  .strictObject({
    run: z.string().meta({ description: "The run folder." }),
    name: z.string().meta({ description: "Of the model." }),
    created: z.string(),
    parameters: whole,
    dataset: z.strictObject({ name: z.string(), hash: z.string() }),
    items: z.strictObject({ count: whole, trained: whole, added: whole }),
    users: whole,
    modalities: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(["id", "category", "number", "vector"]),
        dimension: whole.optional(),
        values: z.array(z.string()).optional(),
      }),
    ),
    features: z.array(feature).meta({ description: "What a step of the history may carry." }),
    context: z.array(feature).meta({ description: "What is known of the moment." }),
    historyLength: whole.meta({ description: "Steps that the model reads, at most." }),
    clock: z.enum(["time", "order"]).meta({ description: "Seconds since 1970, or positions." }),
    label: z.enum(["explicit", "implicit"]),
    lastTime: z.number().meta({ description: "Of the last event of the log." }),
    heads: z.array(z.string()).meta({ description: "Attention heads, in the order of the weights of explanations." }),
    gates: z.array(z.string()).meta({ description: "Modalities with gates; empty without." }),
  })
  .meta({ id: "ModelSummary" });

export const sessionSchema = z
  .strictObject({
    signedIn: z.boolean().meta({
      description: "Whether further requests of this browser carry a key. False where the server asks for none.",
    }),
  })
  .meta({ id: "Session" });

export const aliveSchema = z.strictObject({ alive: z.literal(true) }).meta({ id: "Alive" });

export const readySchema = z
  .strictObject({
    ready: z.literal(true),
    store: z.enum(["answers", "does not answer"]).meta({
      description: "Without its store a server answers still, with a warning; events are refused.",
    }),
    workers: z.strictObject({ wanted: whole, ready: whole, restarts: whole }),
    queue: z.strictObject({ waiting: whole, most: whole }),
  })
  .meta({ id: "Ready" });

import { z } from "zod";

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const expression = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .pipe(z.string().trim().min(1))
  .describe("An SQL expression over the columns of the source (DuckDB's dialect).");

const source = z
  .union([
    z.string().min(1),
    z.strictObject({ sql: z.string().min(1).describe("A query; relative files in it are looked up below the root.") }),
  ])
  .describe("A file or glob that DuckDB reads (CSV, TSV, JSONL, JSON, Parquet), a URL, or { sql: a query }.");

export type SourceConfig = z.output<typeof source>;

const feature = z
  .strictObject({
    kind: z.enum(["category", "number"]).describe("category: one code per value; number: normalised on training."),
    from: expression,
  })
  .describe("A feature: a category or a number.");

export type FeatureConfig = z.output<typeof feature>;

const encoder = z.string().trim().min(1);
const ENCODER_FORMS =
  "`hf:owner/name` or `hf:./folder` (a pre-trained model, run by @huggingface/transformers), or the id of an encoder that the caller gives.";

const modality = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("category"),
      from: expression,
      multiple: z.boolean().default(false).describe("True where `from` is a list: the item is the mean of its values."),
    }),
    z.strictObject({ kind: z.literal("number"), from: expression }),
    z.strictObject({
      kind: z.literal("vector"),
      from: z
        .string()
        .min(1)
        .describe("Files <from>.f32 or <from>.npy with <from>.ids.json beside, or a list column of the items."),
    }),
    z.strictObject({
      kind: z.literal("text"),
      from: expression,
      encoder: encoder.default("lsa").describe(`lsa (fitted on the training slice), ${ENCODER_FORMS}`),
    }),
    z.strictObject({
      kind: z.literal("image"),
      from: expression.describe("The path of each item's picture, relative to the root and below it."),
      encoder: encoder.default("pixels").describe(`pixels (fitted on the training slice), ${ENCODER_FORMS}`),
    }),
  ])
  .describe("What an item is made of, besides its id.");

export type ModalityConfig = z.output<typeof modality>;

const named = <T extends z.ZodType>(value: T) =>
  z.record(z.string().regex(NAME, "a name is made of letters, digits, _ and -, and starts with a letter"), value);

const features = named(feature).default({});

const events = z
  .strictObject({
    from: source.optional(),
    user: expression.describe("Who: an SQL expression. Ids are text inside."),
    item: expression.describe("What: an SQL expression. Ids are text inside."),
    time: expression
      .optional()
      .describe("When: seconds or milliseconds since 1970 (1e11 and more), a timestamp, or ISO text. UTC."),
    order: expression.optional().describe("A number that orders a user's events where no time exists."),
    label: expression.describe(
      "An expression that is 0 or 1 (or true or false), or `implicit`: every event is positive.",
    ),
    features: features.describe("What a history step knows of its event, never of the row's own event."),
  })
  .describe("The log: who touched what, when.");

const items = z
  .strictObject({
    from: source.optional(),
    id: expression.optional().describe("The item's id, as in the events."),
    title: expression.optional().describe("What people call the item: shown beside its id, not seen by the model."),
    picture: expression
      .optional()
      .describe("The path of a picture to show, not seen by the model. Default: that of the first modality of images."),
    modalities: named(modality)
      .default({})
      .describe("What items are made of. `id` is always one and is not named here."),
  })
  .describe("The catalogue.");

const users = z
  .strictObject({
    embed: z.boolean().default(false).describe("A trained row per user; people unseen in training share one."),
    from: source.optional(),
    id: expression.optional().describe("The user's id, as in the events."),
    features,
  })
  .describe("The people.");

const history = z
  .strictObject({
    length: z.int().min(1).default(50).describe("At most so many steps, the latest ones."),
    of: expression.default("true").describe("Which events make history: an SQL condition over the events."),
  })
  .describe("A row's history: the user's strictly earlier events.");

const statistic = z.string().regex(/^(count|rate|mean\(.+\))$/s, "a statistic is count, rate or mean(<number>)");

const statistics = z
  .union([
    z.literal(false),
    z.strictObject({
      user: z.array(statistic).optional(),
      item: z.array(statistic).optional(),
      prior: z
        .number()
        .min(0)
        .default(5)
        .describe("Pseudo-events of the mean over training that values are smoothed towards."),
    }),
  ])
  .describe("Running counts, smoothed label rates and means, as they stood strictly before the event. false: none.");

const negatives = z
  .strictObject({
    perPositive: z.int().min(1).optional().describe("Implicit labels: drawn per positive. Default 1."),
    sampler: z
      .enum(["uniform", "popularity"])
      .optional()
      .describe("Implicit labels: `uniform`, or `popularity` (by events in training). Default uniform."),
    exclude: source
      .optional()
      .describe("Implicit labels: a source with the same user and item columns, never drawn for that user."),
    keep: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        "Labels of their own: the share of the training and validation rows of label 0 that is kept, drawn by event. Test rows, histories and statistics stay whole. Default 1.",
      ),
  })
  .describe(
    "Implicit labels: items that the user has in no split, drawn once at prepare. Labels of their own: `keep` alone.",
  );

const split = z
  .discriminatedUnion("by", [
    z.strictObject({
      by: z.literal("time"),
      train: z.number().optional(),
      valid: z
        .union([z.number(), z.string()])
        .optional()
        .describe("A part of the events, or the date on which it starts."),
      test: z
        .union([z.number(), z.string()])
        .optional()
        .describe("A part of the events, or the date on which it starts."),
    }),
    z.strictObject({ by: z.literal("leave-last") }),
    z.strictObject({ by: z.literal("file"), train: source, valid: source, test: source }),
  ])
  .describe("How rows are split. Default: by time, .8 / .1 / .1; leave-last where only an order exists.");

/** The shape of dataset.yaml, before the rules between keys. */
export const datasetInputSchema = z
  .strictObject({
    name: z.string().min(1),
    root: z.string().default(".").describe("Sources are relative to it; itself relative to this file."),
    events,
    items: items.optional(),
    users: users.optional(),
    context: z
      .strictObject({ features })
      .optional()
      .describe("What is known of the moment: expressions over the event."),
    history: history.prefault({}),
    statistics: statistics.optional(),
    negatives: negatives.optional(),
    split: split.optional(),
    ranking: z
      .strictObject({
        negatives: z.int().min(1).default(100).describe("Fixed candidates beside the positive."),
        kind: z
          .enum(["uniform", "popularity"])
          .default("uniform")
          .describe(
            "How candidates are drawn: every item alike, or by events in training. Apart from `negatives.sampler`.",
          ),
      })
      .optional()
      .describe("Implicit labels and leave-last: candidates drawn once for each validation and test row."),
  })
  .describe("A dataset for mmdin: where events, items and users come from, and what rows are made of them.");

export type DatasetInput = z.output<typeof datasetInputSchema>;

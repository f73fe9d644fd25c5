import { z } from "zod";
import { featuresSchema, idSchema, labelSchema, timeSchema } from "../config/request-parts.js";
import { MOST } from "./limits.js";

/** An id, described for readers of the API. */
export const idOf = (what: string) => idSchema.meta({ description: `${what}; a number counts as its digits.` });

const ids = (what: string, most: number) => z.array(idSchema).max(most).meta({ description: what });

export const momentSchema = timeSchema.meta({
  description:
    "Seconds since 1970 (UTC), milliseconds (1e11 and more), or ISO 8601 text, in UTC where it names no zone.",
  examples: ["2026-03-01T18:30:00Z", 1772389800],
});

const features = (what: string) => featuresSchema.meta({ description: what });

/** A step of the history, as a question carries it. */
export const askedStepSchema = z
  .strictObject({
    item: idOf("The item"),
    time: momentSchema.optional(),
    label: labelSchema.optional().meta({ description: "1 (or true) the person wanted it, 0 (or false) not." }),
    features: features("What is known of the event, by the names of `features` in `GET /v1/model`.").optional(),
  })
  .meta({ id: "AskedStep", title: "A past event of the person" });

const person = {
  user: idOf("The person").optional(),
  history: z
    .array(askedStepSchema)
    .max(MOST.history)
    .optional()
    .meta({ description: "Past events, in any order. Default: those in the store." }),
  time: momentSchema.optional(),
  context: features("What is known of the moment, by the names of `context` in `GET /v1/model`.").optional(),
  deadline: z.int().min(1).max(MOST.deadline).optional().meta({
    description: "Milliseconds after which the answer is no longer wanted. Default: that of the server, 1000.",
  }),
};

const explain = z
  .boolean()
  .optional()
  .meta({ description: `Whether every result says why: at most ${MOST.explained} of them. Default false.` });

const candidates = (most: number) => ids("Ids to rank. The same id twice gets two results.", most).min(1);

export const rankQuestionSchema = z
  .strictObject({ ...person, candidates: candidates(MOST.candidates), explain })
  .superRefine(({ candidates, explain }, context) => {
    if (!explain || candidates.length <= MOST.explained) return;
    const params = {
      expected: `at most ${MOST.explained} candidates with \`explain\``,
      got: String(candidates.length),
      fix: "Rank first, then explain the best",
    };
    context.addIssue({ code: "custom", message: "too many to explain", path: ["candidates"], params });
  })
  .meta({
    id: "RankQuestion",
    examples: [
      {
        user: "u17",
        history: [{ item: "17", time: "2026-02-28T09:12:00Z", label: 1 }, { item: "4" }],
        candidates: ["5", "23", "42"],
      },
    ],
  });

export const explainQuestionSchema = z
  .strictObject({ ...person, candidates: candidates(MOST.explained), explain: z.literal(true).optional() })
  .meta({ id: "ExplainQuestion", examples: [{ user: "u17", candidates: ["5", "23"] }] });

const rangeSchema = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .superRefine(({ min, max }, context) => {
    if (min === undefined && max === undefined)
      context.addIssue({ code: "custom", message: "a range without ends", params: { expected: "min, max or both" } });
    else if (min !== undefined && max !== undefined && min > max)
      context.addIssue({
        code: "custom",
        message: "a range that ends before it begins",
        params: { got: `${min} to ${max}` },
      });
  });

export const conditionSchema = z
  .union([
    z.string(),
    z.number(),
    z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(MOST.values),
    rangeSchema,
    z.strictObject({ not: z.union([z.string(), z.array(z.string()).min(1).max(MOST.values)]) }),
  ])
  .meta({
    id: "Condition",
    description: "One value, one of some values, a range (numbers), or anything but.",
    examples: ["Drama", ["Drama", "Crime"], { min: 5, max: 20 }, { not: "acme" }],
  });

export const filtersSchema = z
  .record(z.string(), conditionSchema)
  .superRefine((filters, context) => {
    const got = Object.keys(filters).length;
    if (got <= MOST.filters) return;
    const params = { expected: `at most ${MOST.filters} modalities`, got: String(got) };
    context.addIssue({ code: "custom", message: "too many conditions", params });
  })
  .meta({
    id: "Filters",
    description:
      "By modality of the catalogue (a category or a number, or `id`): all must hold. An item that lacks the modality fails every condition but `not`.",
    examples: [{ genre: "Drama", price: { max: 20 }, brand: { not: ["acme"] } }],
  });

export const recommendQuestionSchema = z
  .strictObject({
    ...person,
    k: z
      .int()
      .min(1)
      .max(MOST.results)
      .optional()
      .meta({ description: "How many; default 10. Fewer come where fewer fit." }),
    exclude: ids("Items that shall not be shown, beside those of the history.", MOST.exclude).optional(),
    includeSeen: z
      .boolean()
      .optional()
      .meta({ description: "Whether items of the history may be shown again; default false." }),
    filters: filtersSchema.optional(),
    diversity: z.number().min(0).max(1).optional().meta({
      description:
        "0 (default): best first; up to 1: each result is also unlike those before it (maximal marginal relevance).",
    }),
    cap: z
      .strictObject({ modality: z.string().min(1), most: z.int().min(1) })
      .optional()
      .meta({ description: "At most so many results that share a value of this category." }),
    explain,
  })
  .superRefine(({ k = 10, explain }, context) => {
    if (!explain || k <= MOST.explained) return;
    const params = { expected: `at most ${MOST.explained} with \`explain\``, got: String(k) };
    context.addIssue({ code: "custom", message: "too many to explain", path: ["k"], params });
  })
  .meta({
    id: "RecommendQuestion",
    examples: [{ user: "u17", k: 10, filters: { genre: "Drama" }, diversity: 0.3 }],
  });

export const newEventSchema = z
  .strictObject({
    user: idOf("The person"),
    item: idOf("The item"),
    time: momentSchema.optional().meta({ description: "Default: now. A run that counts positions needs it." }),
    label: labelSchema
      .optional()
      .meta({ description: "1 (or true, the default) the person wanted it, 0 (or false) not." }),
    features: features("What is known of the event, by the names of `features` in `GET /v1/model`.").optional(),
    context: features("What was known at that moment, by the names of `context` in `GET /v1/model`.").optional(),
  })
  .meta({ id: "NewEvent" });

export const newEventsSchema = z.strictObject({ events: z.array(newEventSchema).min(1).max(MOST.events) }).meta({
  id: "NewEvents",
  examples: [{ events: [{ user: "u17", item: "4", label: 1, features: { action: "view" } }] }],
});

export const signInSchema = z
  .strictObject({
    key: z.string().min(1).max(1024).meta({ description: "A line of the file that `--api-key-file` names." }),
  })
  .meta({ id: "SignIn" });

import { z } from "zod";
import type { RankRequest } from "../contract.js";
import { MmdinError } from "../errors.js";
import { describeIssues } from "./config-problem.js";

/** An id as people write it: a string, or a number that a JSON reader has not rounded. */
const id = z.union([z.string().min(1), z.number()]).transform((value, context) => {
  if (typeof value === "string" || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  const params = { expected: "an id of at most 15 digits, or the id as text in quotes", got: String(value) };
  context.addIssue({ code: "custom", message: "a number this large loses its last digits", params });
  return z.NEVER;
});

/** Seconds since 1970 (UTC); 1e11 and more is milliseconds; text is ISO 8601, in UTC where it names no zone. */
const time = z.union([z.number(), z.string()]).transform((value, context) => {
  if (typeof value === "number") return value >= 1e11 ? value / 1000 : value;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(value) || !value.includes(":") ? value : `${value}Z`;
  const milliseconds = Date.parse(zoned);
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  const params = { expected: "seconds, milliseconds or an ISO 8601 time", got: JSON.stringify(value) };
  context.addIssue({ code: "custom", message: "not a time", params });
  return z.NEVER;
});

const label = z.union([z.number(), z.boolean()]).transform((value, context): 0 | 1 => {
  if (value === 1 || value === true) return 1;
  if (value === 0 || value === false) return 0;
  context.addIssue({ code: "custom", message: "not a label", params: { expected: "0 or 1", got: String(value) } });
  return z.NEVER;
});

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(id)]);
const features = z.record(z.string(), value);
const count = z.int().min(0);

const counters = z
  .strictObject({
    count,
    positives: count,
    means: z.record(z.string(), z.strictObject({ count, sum: z.number() })).optional(),
  })
  .superRefine(({ count, positives }, context) => {
    if (positives <= count) return;
    const params = { expected: `at most count = ${count}`, got: String(positives) };
    context.addIssue({ code: "custom", message: "more positives than events", path: ["positives"], params });
  });

/** A request as it is written in JSON: ids may be numbers, times may be text; what comes out is a RankRequest. */
export const requestSchema = z.strictObject({
  user: id.optional(),
  time: time.optional(),
  context: features.optional(),
  history: z.array(
    z.strictObject({ item: id, time: time.optional(), label: label.optional(), features: features.optional() }),
  ),
  candidates: z.array(id).min(1),
  statistics: z
    .strictObject({ user: counters.optional(), items: z.record(z.string(), counters).optional() })
    .optional(),
});

/**
 * Checks a request that comes from outside (a file, a socket) and makes a RankRequest of it.
 *
 * @param from the name that errors begin with: `request.json: history[3].item: ...`.
 * @throws MmdinError REQUEST: the first problem, further ones on lines below it.
 */
export function parseRequest(input: unknown, from = "request"): RankRequest {
  const result = requestSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = describeIssues(result.error.issues, { schema: requestSchema, input });
  const errors = problems.map(({ path, problem, details }) => {
    const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    const where = place ? `${from}: ${place.replace(/^\./, "")}` : from;
    return new MmdinError("REQUEST", problem, { where, ...details });
  });
  const first = errors[0] ?? new MmdinError("REQUEST", "not a request", { where: from });
  first.message = [first, ...errors.slice(1)].map((error) => error.message).join("\n");
  throw first;
}

/**
 * As `parseRequest`, from the text of a JSON file.
 *
 * @throws MmdinError REQUEST, also where the text is not JSON.
 */
export function parseRequestText(text: string, from = "request"): RankRequest {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, " ") : String(cause);
    throw new MmdinError("REQUEST", `not JSON: ${reason}`, { where: from, cause });
  }
  return parseRequest(input, from);
}

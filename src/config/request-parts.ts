import { z } from "zod";

/** What questions, events and requests are made of, as JSON writes it. Nothing here needs Node. */

/** An id as people write it: a string, or a number that a JSON reader has not rounded. */
export const idSchema = z.union([z.string().min(1), z.number()]).transform((value, context) => {
  if (typeof value === "string" || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  const params = { expected: "an id of at most 15 digits, or the id as text in quotes", got: String(value) };
  context.addIssue({ code: "custom", message: "a number this large loses its last digits", params });
  return z.NEVER;
});

/** Seconds since 1970 (UTC); 1e11 and more is milliseconds; text is ISO 8601, in UTC where it names no zone. */
export const timeSchema = z.union([z.number(), z.string()]).transform((value, context) => {
  if (typeof value === "number") return value >= 1e11 ? value / 1000 : value;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(value) || !value.includes(":") ? value : `${value}Z`;
  const milliseconds = Date.parse(zoned);
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  const params = { expected: "seconds, milliseconds or an ISO 8601 time", got: JSON.stringify(value) };
  context.addIssue({ code: "custom", message: "not a time", params });
  return z.NEVER;
});

export const labelSchema = z.union([z.number(), z.boolean()]).transform((value, context): 0 | 1 => {
  if (value === 1 || value === true) return 1;
  if (value === 0 || value === false) return 0;
  context.addIssue({ code: "custom", message: "not a label", params: { expected: "0 or 1", got: String(value) } });
  return z.NEVER;
});

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(idSchema)]);
export const featuresSchema = z.record(z.string(), value);
const count = z.int().min(0);

export const countersSchema = z
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

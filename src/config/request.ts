import { z } from "zod";
import type { RankRequest } from "../contract.js";
import { MmdinError } from "../errors.js";
import { describeIssues } from "./config-problem.js";
import { countersSchema, featuresSchema, idSchema, labelSchema, timeSchema } from "./request-parts.js";

/** A request as it is written in JSON: ids may be numbers, times may be text; what comes out is a RankRequest. */
export const requestSchema = z.strictObject({
  user: idSchema.optional(),
  time: timeSchema.optional(),
  context: featuresSchema.optional(),
  history: z.array(
    z.strictObject({
      item: idSchema,
      time: timeSchema.optional(),
      label: labelSchema.optional(),
      features: featuresSchema.optional(),
    }),
  ),
  candidates: z.array(idSchema).min(1),
  statistics: z
    .strictObject({ user: countersSchema.optional(), items: z.record(z.string(), countersSchema).optional() })
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

import type { z } from "zod";
import type { ProblemDetail } from "../../api/problem.js";
import { describeIssues } from "../../config/config-problem.js";
import { given, HttpProblem } from "./http-problem.js";

/** Of many wrong entries the first few are told. */
const TOLD = 20;

/**
 * What a schema makes of a part of a request.
 *
 * @param options.place where paths begin: "" for a body, "query", "path".
 * @throws HttpProblem REQUEST that says what is wrong with it, entry by entry.
 */
export function readInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  { place }: { place: "" | "query" | "path" },
): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = describeIssues(result.error.issues, { schema, input, noun: "field", most: TOLD });
  const errors = problems.map(({ path, problem, details: { expected, got, fix } }): ProblemDetail => {
    const inside = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    const where = `${place}${inside}`.replace(/^\./, "") || "body";
    return { where, problem, ...given({ expected, got, fix }) };
  });
  throw new HttpProblem("REQUEST", detailOf(errors), errors);
}

/** The first problem in one sentence, and how many more there are. */
function detailOf(errors: readonly ProblemDetail[]): string {
  const [first] = errors;
  if (first === undefined) return "Not what it should be";
  let text = `${first.where}: ${first.problem}`;
  if (first.expected !== undefined) text += `: expected ${first.expected}`;
  if (first.got !== undefined) text += `${first.expected === undefined ? ":" : ","} got ${first.got}`;
  if (first.fix !== undefined) text += `. ${first.fix}`;
  if (errors.length === 1) return text;
  const more = errors.length - 1;
  return `${text}${/[.?!]$/.test(text) ? "" : "."} And ${more} more: see \`errors\`.`;
}

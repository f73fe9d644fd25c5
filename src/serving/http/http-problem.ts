import { type Problem, type ProblemCode, type ProblemDetail, problemKinds, problemType } from "../../api/problem.js";
import { MmdinError } from "../../errors.js";

/** A problem that arises between the socket and the ranker. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: ProblemCode;
  readonly errors: readonly ProblemDetail[];

  /** @param detail the sentence that is answered. */
  constructor(code: ProblemCode, detail: string, errors: readonly ProblemDetail[] = []) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }
}

/** The headers of every answer that carries a problem. */
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** By the code of fastify's own errors, and of node's. */
const FASTIFY_CODES: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "MEDIA_TYPE",
    detail: "The body is of a type that is not read here: send JSON, with the header content-type: application/json",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: "SYNTAX", detail: "The body is not as long as content-length says" },
  FST_ERR_BAD_URL: { code: "SYNTAX", detail: "The path is not percent-encoded UTF-8" },
  FST_ERR_MAX_PARAM_LENGTH: { code: "SYNTAX", detail: "A part of the path is too long" },
  ECONNRESET: { code: "SYNTAX", detail: "The body ended before it was complete" },
};

/**
 * The code of an error, whatever threw it; INTERNAL for what nobody expected.
 */
export function codeOf(error: unknown): ProblemCode {
  if (error instanceof HttpProblem || error instanceof MmdinError) return error.code;
  return FASTIFY_CODES[plainCode(error)]?.code ?? "INTERNAL";
}

function plainCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/**
 * What is answered for an error. Of a failure of the server itself (500) only that it happened: its message may name files of the machine, and
 * stands in the log. Of the store (503) the sentence without the place.
 */
export function problemOf(error: unknown, { instance }: { instance: string }): Problem {
  const code = codeOf(error);
  const { status, title } = problemKinds[code];
  const base = { type: problemType(code), title, status };
  if (status === 500)
    return {
      ...base,
      detail: "This was not expected. The server's log tells more, under the id of this request.",
      instance,
      code,
    };
  if (error instanceof HttpProblem) {
    const errors = error.errors.length > 0 ? { errors: error.errors.map(short) } : {};
    return { ...base, detail: cut(error.message, 2000), instance, code, ...errors };
  }
  if (error instanceof MmdinError)
    return { ...base, ...ofMmdin(error, { hidden: code === "STORE" || code === "OFFLINE" }), instance, code };
  return { ...base, detail: FASTIFY_CODES[plainCode(error)]?.detail ?? title, instance, code };
}

function ofMmdin(error: MmdinError, { hidden }: { hidden: boolean }): { detail: string; errors?: ProblemDetail[] } {
  if (hidden) return { detail: cut(sentence(error.problem), 500) };
  const { where, expected, got, fix } = error.details;
  const detail = cut(error.message, 2000);
  if (where === undefined) return { detail };
  return {
    detail,
    errors: [short({ where, problem: error.problem, ...given({ expected, got, fix }) })],
  };
}

/** An object without the entries that are undefined. */
export function given<T extends Record<string, string | undefined>>(entries: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

function short(detail: ProblemDetail): ProblemDetail {
  const { where, problem, expected, got, fix } = detail;
  const texts = { expected, got, fix };
  for (const [key, text] of Object.entries(texts)) Object.assign(texts, { [key]: text && cut(text, 500) });
  return { where: cut(where, 200), problem: cut(problem, 500), ...given(texts) };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

import { z } from "zod";
import type { ErrorCode } from "../errors.js";

/** What can go wrong between a socket and the ranker, beside what the ranker itself says. */
type HttpCode =
  | "SYNTAX" // not JSON, or a URL that cannot be read
  | "KEY" // no key, or a wrong one
  | "HOST" // asked by a name that this server does not have
  | "NOT_FOUND" // no such item, person, picture or path
  | "METHOD" // the path is there, not with this method
  | "SLOW" // the request did not come in time
  | "TOO_LARGE" // a body, or a header, beyond the limit
  | "MEDIA_TYPE" // a body that is no JSON, or is compressed
  | "RATE" // more requests than are allowed
  | "STARTING" // the model is still being loaded
  | "NO_STORE" // the server was started without one
  | "STOPPING" // the server is about to end
  | "INTERNAL"; // a fault of ours

export type ProblemCode = ErrorCode | HttpCode;

export interface ProblemKind {
  status: number;
  title: string;
  /** Seconds after which the same request may be answered. */
  retryAfter?: number;
}

const internal = { status: 500, title: "The server failed" } as const;

/** By code: the status of the answer, and what it means. A code that has no row does not compile. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  SYNTAX: { status: 400, title: "The request cannot be read" },
  KEY: { status: 401, title: "A key is needed" },
  NOT_FOUND: { status: 404, title: "There is no such thing" },
  METHOD: { status: 405, title: "Not with this method" },
  SLOW: { status: 408, title: "The request came too slowly" },
  MISMATCH: { status: 409, title: "The run does not fit the one that is served" },
  TOO_LARGE: { status: 413, title: "The request is too large" },
  MEDIA_TYPE: { status: 415, title: "Not a type of content that is read" },
  HOST: { status: 421, title: "Asked by a name that is not this server's" },
  REQUEST: { status: 422, title: "The request is not what it should be" },
  DATA: { status: 422, title: "The item is not what it should be" },
  RATE: { status: 429, title: "Too many requests", retryAfter: 1 },
  RUNTIME: internal,
  CONFIG: internal,
  FORMAT: internal,
  SHAPE: internal,
  MODEL: internal,
  DEVICE: internal,
  IO: internal,
  INTERNAL: internal,
  NO_STORE: { status: 501, title: "This server keeps nothing" },
  BUSY: { status: 503, title: "The server is busy", retryAfter: 1 },
  STORE: { status: 503, title: "The store does not answer", retryAfter: 1 },
  STARTING: { status: 503, title: "The model is being loaded", retryAfter: 1 },
  STOPPING: { status: 503, title: "The server is stopping", retryAfter: 1 },
  OFFLINE: { status: 503, title: "Something would have to be downloaded" },
  DEADLINE: { status: 504, title: "Not answered in time" },
};

/** One thing that is wrong. */
export interface ProblemDetail {
  /** The place: `candidates[3]`, `query.limit`, `header.authorization`. */
  where: string;
  problem: string;
  expected?: string;
  got?: string;
  fix?: string;
}

/** What every answer that is no success carries, as application/problem+json (RFC 9457). */
export interface Problem {
  /** Of the code: `urn:mmdin:problem:busy`. */
  type: string;
  title: string;
  status: number;
  /** What happened, in a sentence or two. */
  detail: string;
  /** The id of the request, as in the header `x-request-id` and in the server's log. */
  instance: string;
  code: ProblemCode;
  /** What is wrong with the request, one entry each; at most 20. */
  errors?: ProblemDetail[];
}

const codes = Object.keys(problemKinds) as [ProblemCode, ...ProblemCode[]];

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ format: "uri" }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: "What happened, in a sentence or two." }),
    instance: z.string().meta({ description: "The id of the request, as in `x-request-id` and in the server's log." }),
    code: z.enum(codes).meta({ description: "One word that programs can branch on." }),
    errors: z
      .array(
        z.strictObject({
          where: z.string(),
          problem: z.string(),
          expected: z.string().optional(),
          got: z.string().optional(),
          fix: z.string().optional(),
        }),
      )
      .optional()
      .meta({ description: "What is wrong with the request, one entry each; at most 20." }),
  })
  .meta({
    id: "Problem",
    examples: [
      {
        type: "urn:mmdin:problem:request",
        title: "The request is not what it should be",
        status: 422,
        detail: 'candidate: unknown field "candidate". Did you mean "candidates"?',
        instance: "req-1f3a",
        code: "REQUEST",
        errors: [{ where: "candidate", problem: 'unknown field "candidate"', fix: 'Did you mean "candidates"?' }],
      },
    ],
  });

export function problemType(code: ProblemCode): string {
  return `urn:mmdin:problem:${code.toLowerCase().replaceAll("_", "-")}`;
}

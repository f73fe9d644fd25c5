import type { Problem, ProblemCode, ProblemDetail } from "../api/problem.js";

/** Thrown for every answer that is no success: the problem document of the server (RFC 9457). */
export class MmdinProblem extends Error {
  override readonly name = "MmdinProblem";
  readonly problem: Problem;
  /** Seconds after which the same may be asked again, where the server says so (429, 503). */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, { retryAfter }: { retryAfter?: number | undefined } = {}) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return this.problem.status;
  }

  /** One word to branch on: "REQUEST", "BUSY", "DEADLINE", "NOT_FOUND", ... */
  get code(): ProblemCode {
    return this.problem.code;
  }

  /** What is wrong with the request, one entry each. */
  get errors(): readonly ProblemDetail[] {
    return this.problem.errors ?? [];
  }
}

/** The problem of an answer; one that another program (a proxy) gave is put into words. */
export async function problemOfAnswer(answer: Response): Promise<MmdinProblem> {
  const text = await answer.text();
  const wait = Number(answer.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(wait) ? wait : undefined;
  if (answer.headers.get("content-type")?.startsWith("application/problem+json"))
    return new MmdinProblem(JSON.parse(text) as Problem, { retryAfter });
  const { status, statusText } = answer;
  const detail = `Answered with ${status} by something that is not mmdin: ${text.slice(0, 200)}`;
  const instance = answer.headers.get("x-request-id") ?? "";
  return new MmdinProblem(
    { type: "about:blank", title: statusText, status, detail, instance, code: "INTERNAL" },
    { retryAfter },
  );
}

import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { problemKinds } from "../../api/problem.js";
import { HttpProblem, PROBLEM_TYPE, problemOf } from "./http-problem.js";
import type { ServerMetrics } from "./server-metrics.js";

export interface AnswerProblemParts {
  metrics: ServerMetrics;
  /** Of a body, where its route has none of its own. */
  maxBody: number;
  /** Whether there is a store. */
  keeps: boolean;
}

/** What answers every error, whatever threw it, with a problem document; a failure of ours goes into the log whole. */
export function problemAnswers({ metrics, maxBody, keeps }: AnswerProblemParts) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const bodyLimit = request.routeOptions.bodyLimit ?? maxBody;
    const problem = problemOf(causeOf(error, { bodyLimit, keeps }), { instance: request.id });
    const { code, status } = problem;
    // Who has hung up hears of nothing: that is no failure.
    const gone = reply.raw.destroyed;
    if (!gone) metrics.problem(code);
    if (gone) request.log.debug({ code }, "gone");
    else if (status === 500) request.log.error({ err: error, code }, "failed");
    else if (status > 500 && code !== "STARTING" && code !== "STOPPING")
      request.log.warn({ code, problem: problem.detail }, "refused");
    else request.log.debug({ code, problem: problem.detail }, "refused");
    const { retryAfter } = problemKinds[code];
    if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
    if (code === "KEY") reply.header("www-authenticate", 'Bearer realm="mmdin"');
    // A body that was read to its end and is no JSON is no reason to close the connection; fastify would.
    if (code === "SYNTAX" && error instanceof HttpProblem) reply.removeHeader("connection");
    reply.header("x-request-id", request.id);
    return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  };
}

/** What is answered in the place of an error that does not say enough by itself. */
function causeOf(error: FastifyError, { bodyLimit, keeps }: { bodyLimit: number; keeps: boolean }): Error {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const limit = bodyLimit >= 2 ** 20 ? `${Math.round((bodyLimit / 2 ** 20) * 100) / 100} MiB` : `${bodyLimit} bytes`;
    const detail = `The body is too large: expected ${limit} at most. Ask for fewer things in one request`;
    return new HttpProblem("TOO_LARGE", detail);
  }
  if (error.code === "STORE" && !keeps) {
    const detail = "This server was started without a store: nothing can be kept. Start it with --store";
    return new HttpProblem("NO_STORE", detail);
  }
  return error;
}

import type { FastifyReply } from "fastify";
import type { AskOptions } from "../../ranker-contract.js";
import type { Handlers } from "../define-routes.js";
import type { Served } from "../served.js";

/** POST /v1/rank, /v1/recommend and /v1/explain. */
export function rankingRoutes({
  served,
  deadline: usual,
}: {
  served: Served;
  deadline: number;
}): Handlers<"rank" | "recommend" | "explain"> {
  const asked = (reply: FastifyReply, deadline = usual): AskOptions => ({ deadline, signal: goneSignal(reply) });
  return {
    rank: ({ body: { deadline, ...question } }, { reply }) => served.ranker.rank(question, asked(reply, deadline)),
    recommend: ({ body: { deadline, ...question } }, { reply }) =>
      served.ranker.recommend(question, asked(reply, deadline)),
    explain: ({ body: { deadline, ...question } }, { reply }) =>
      served.ranker.rank({ ...question, explain: true }, asked(reply, deadline)),
  };
}

/** Aborted where the one who asked hangs up before the answer. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

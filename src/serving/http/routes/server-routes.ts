import { MmdinError } from "../../../errors.js";
import type { AllowedRuns } from "../allowed-run.js";
import type { Handlers } from "../define-routes.js";
import { HttpProblem } from "../http-problem.js";
import type { Served } from "../served.js";
import type { ServerMetrics } from "../server-metrics.js";

export interface ServerRouteParts {
  served: Served;
  metrics: ServerMetrics;
  runs: AllowedRuns;
  /** Serves another run, one after the other. */
  swap: Swap;
  openapi: Readonly<Record<string, unknown>>;
}

/** Takes over a run: `path` as it was named, which is what "the same again" means later, `real` the folder itself. */
export type Swap = (run: { path: string; real: string }) => Promise<void>;

/** The model, and how the server is. */
export function serverRoutes({
  served,
  metrics,
  runs,
  swap,
  openapi,
}: ServerRouteParts): Handlers<"model" | "swap" | "alive" | "ready" | "metrics" | "openapi"> {
  return {
    model: async () => served.ranker.model(),
    async swap({ body: { run } }) {
      const folder = runs.folder(run);
      try {
        await swap(folder);
      } catch (error) {
        throw noRun(error, run);
      }
      return served.ranker.model();
    },
    alive: async () => ({ alive: true }),
    async ready() {
      if (served.stopping) throw new HttpProblem("STOPPING", "The server is stopping: ask another one");
      const { ready, storeProblem, workers, queue } = served.ranker.status();
      if (!ready) throw new HttpProblem("STARTING", "The model is not ready to answer");
      return { ready, store: storeProblem === null ? "answers" : "does not answer", workers, queue };
    },
    metrics: async (_, { reply }) => reply.type(metrics.type).send(await metrics.text()),
    openapi: async () => openapi,
  };
}

/** A folder that is no run is the fault of who asked for it, not of the server. */
function noRun(error: unknown, run: string): unknown {
  if (!(error instanceof MmdinError) || !["FORMAT", "IO", "CONFIG"].includes(error.code)) return error;
  const got = JSON.stringify(run);
  const problem = `not a run that can be served (${error.problem})`;
  const entry = { where: "run", problem, expected: "a folder that `mmdin train` wrote", got };
  return new HttpProblem("REQUEST", `run: ${problem}: expected ${entry.expected}, got ${got}`, [entry]);
}

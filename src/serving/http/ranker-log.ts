import type { FastifyBaseLogger } from "fastify";
import type { RankerObserver } from "../ranker-contract.js";

/** Milliseconds in which the same trouble is told once. */
const QUIET = 10_000;

/** An observer that counts as the metrics do, and tells the log of what somebody should look at: a store that fails, workers that ended. */
export function toldTo(log: FastifyBaseLogger, metrics: RankerObserver): RankerObserver {
  let told = Number.NEGATIVE_INFINITY;
  return {
    ...metrics,
    storeFailed(error) {
      metrics.storeFailed?.(error);
      if (performance.now() - told < QUIET) return;
      told = performance.now();
      log.warn({ problem: error.message }, "the store failed");
    },
    workerRestarted(reason) {
      metrics.workerRestarted?.(reason);
      log.warn({ reason }, "a worker ended and was started again");
    },
  };
}

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerMetrics } from "./server-metrics.js";
import type { LogLevel } from "./server-options.js";

/** Asked often, by machines: told in the log at the level "debug" alone. */
const QUIET: ReadonlySet<string> = new Set(["alive", "ready", "metrics"]);

/**
 * Counts every answer, and tells of it in the log: one line with the route's pattern. Paths, which hold ids of people and items, are told at the
 * level "debug" alone; bodies, queries and keys never.
 */
export function logRequests(
  app: FastifyInstance,
  { metrics, level }: { metrics: ServerMetrics; level: LogLevel },
): void {
  app.addHook("onResponse", async (request, reply) => {
    const { statusCode: status, elapsedTime: milliseconds } = reply;
    const route = routeOf(request);
    metrics.answered({ method: request.method, route, status, milliseconds });
    const line = { method: request.method, route, status, ms: Math.round(milliseconds * 1000) / 1000 };
    if (level === "debug") {
      const [path] = request.url.split("?");
      request.log.debug({ ...line, path, from: request.ip }, "answered");
    } else if (!QUIET.has(request.routeOptions.config.operation ?? "")) request.log.info(line, "answered");
  });
}

/** One of few names: the pattern of an operation, "/docs", "app" for the files of the app, "none" for what is not there. */
function routeOf({ routeOptions: { url, config } }: FastifyRequest): string {
  if (url === undefined) return "none";
  if (config.operation !== undefined) return url;
  return url.startsWith("/docs") ? "/docs" : "app";
}

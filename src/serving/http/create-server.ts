import type { Socket } from "node:net";
import rateLimit from "@fastify/rate-limit";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import { openApiDocument } from "../../api/openapi.js";
import { problemKinds } from "../../api/problem.js";
import { packageVersion } from "../../package-version.js";
import type { AllowedRuns } from "./allowed-run.js";
import type { ApiKeys } from "./api-keys.js";
import { builtApp, serveApp, servePlainPage, wantsPage } from "./app-files.js";
import { answerClientError } from "./client-errors.js";
import { defineRoutes } from "./define-routes.js";
import { serveDocs } from "./docs-viewer.js";
import { HttpProblem, PROBLEM_TYPE, problemOf } from "./http-problem.js";
import type { LogStream } from "./log-stream.js";
import { KnownPaths, refuseUnknown } from "./not-found.js";
import { readJson } from "./read-json.js";
import { requestIds } from "./request-id.js";
import { itemRoutes } from "./routes/item-routes.js";
import { peopleRoutes } from "./routes/people-routes.js";
import { rankingRoutes } from "./routes/ranking-routes.js";
import { type Swap, serverRoutes } from "./routes/server-routes.js";
import { addSecurity } from "./security.js";
import type { Served } from "./served.js";
import type { ServerMetrics } from "./server-metrics.js";
import type { Settings } from "./server-options.js";

/** What a server is made of. */
export interface ServerParts {
  served: Served;
  settings: Settings;
  metrics: ServerMetrics;
  keys: ApiKeys | undefined;
  runs: AllowedRuns;
  log: LogStream;
  swap: Swap;
}

/** Everything between the socket and the ranker; it does not listen yet. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { served, settings, metrics, keys, runs, log, swap } = parts;
  const { headerTimeout, requestTimeout } = settings;
  const nextId = requestIds();
  const app = Fastify({
    logger: { level: settings.logLevel, stream: log, base: null },
    disableRequestLogging: true,
    requestIdHeader: false,
    requestIdLogLabel: "request",
    genReqId: nextId,
    bodyLimit: settings.maxBody,
    requestTimeout,
    return503OnClosing: false,
    trustProxy: settings.trustProxy ?? false,
    routerOptions: { maxParamLength: 16_384 },
    http: {
      headersTimeout: Math.min(headerTimeout, requestTimeout),
      connectionsCheckingInterval: Math.max(50, Math.min(1000, headerTimeout / 4)),
    },
    clientErrorHandler(error, socket) {
      answerClientError(error, { socket: socket as Socket, instance: nextId(), said: (code) => metrics.problem(code) });
    },
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply as never),
  });
  app.server.maxConnections = settings.maxConnections;
  const largest = Math.max(settings.maxBody, settings.maxItemBody);
  app.server.on("checkContinue", (request, response) => {
    // Who asks first whether a body may come hears of its size before sending it.
    if (!(Number(request.headers["content-length"]) > largest)) response.writeContinue();
    app.server.emit("request", request, response);
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, readJson);
  const paths = new KnownPaths(app);
  addSecurity(app, settings);
  if (keys !== undefined) app.addHook("onRequest", async (request) => checkKey(keys, request));
  app.addHook("onRequest", async (_, reply) => {
    if (served.stopping) reply.header("connection", "close");
  });
  if (settings.rate > 0) await limitRate(app, settings.rate);
  app.addHook("onResponse", async (request, reply) => {
    const { operation } = request.routeOptions.config;
    const url = request.routeOptions.url;
    const route =
      operation !== undefined
        ? (url ?? "none")
        : url === undefined
          ? "none"
          : url.startsWith("/docs")
            ? "/docs"
            : "app";
    const { statusCode: status, elapsedTime: milliseconds } = reply;
    metrics.answered({ method: request.method, route, status, milliseconds });
    const line = { method: request.method, route, status, ms: Math.round(milliseconds * 1000) / 1000 };
    if (settings.logLevel === "debug") request.log.debug({ ...line, url: request.url, from: request.ip }, "answered");
    else if (operation === undefined || !QUIET.has(operation)) request.log.info(line, "answered");
  });

  function answerProblem(error: FastifyError, request: FastifyRequest, reply: Reply) {
    const cause =
      error.code === "FST_ERR_CTP_BODY_TOO_LARGE"
        ? tooLarge(request.routeOptions.bodyLimit ?? settings.maxBody)
        : error;
    const problem = problemOf(cause, { instance: request.id });
    const { retryAfter } = problemKinds[problem.code];
    metrics.problem(problem.code);
    if (problem.status === 500) request.log.error({ err: error, code: problem.code }, "failed");
    else if (problem.status > 500) request.log.warn({ code: problem.code, problem: problem.detail }, "refused");
    else request.log.debug({ code: problem.code, problem: problem.detail }, "refused");
    if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
    if (problem.code === "KEY") reply.header("www-authenticate", 'Bearer realm="mmdin"');
    return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  }
  app.setErrorHandler<FastifyError>((error, request, reply) => answerProblem(error, request, reply));

  const openapi = openApiDocument({ version: packageVersion() });
  defineRoutes(app, {
    handlers: {
      ...rankingRoutes({ served, deadline: settings.deadline }),
      ...peopleRoutes({ served }),
      ...itemRoutes({ served }),
      ...serverRoutes({ served, metrics, runs, swap, openapi }),
    },
    bodyLimits: { putItem: settings.maxItemBody },
  });
  await serveDocs(app, openapi);
  const folder = settings.app ?? builtApp();
  if (folder === undefined) servePlainPage(app);
  else await serveApp(app, { folder });
  app.setNotFoundHandler((request, reply) => {
    if (folder !== undefined && wantsPage(request)) return reply.sendFile("index.html");
    return refuseUnknown(paths, { request, reply });
  });
  return app;
}

type Reply = Parameters<Parameters<FastifyInstance["setErrorHandler"]>[0]>[2];

/** Asked often, by machines: not told in the log. */
const QUIET: ReadonlySet<string> = new Set(["alive", "ready", "metrics"]);

function checkKey(keys: ApiKeys, request: FastifyRequest): void {
  const { operation, open } = request.routeOptions.config;
  if (operation === undefined || open) return;
  request.key = keys.check(request.headers);
}

declare module "fastify" {
  interface FastifyRequest {
    /** The place of its key in the file of keys. */
    key?: number;
  }
}

async function limitRate(app: FastifyInstance, rate: number): Promise<void> {
  await app.register(rateLimit, {
    max: rate,
    timeWindow: 1000,
    cache: 10_000,
    allowList: (request) =>
      request.routeOptions.config.operation === undefined || request.routeOptions.config.open === true,
    keyGenerator: (request) => (request.key === undefined ? request.ip : `key ${request.key}`),
    errorResponseBuilder: () =>
      new HttpProblem(
        "RATE",
        `More than ${rate} requests a second: ask again in a second, or ask for several things at once`,
      ),
  });
}

function tooLarge(limit: number): HttpProblem {
  const size = limit >= 2 ** 20 ? `${Math.round((limit / 2 ** 20) * 100) / 100} MiB` : `${limit} bytes`;
  return new HttpProblem(
    "TOO_LARGE",
    `The body is too large: expected ${size} at most. Ask for fewer things in one request`,
  );
}

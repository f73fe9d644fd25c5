import type { Socket } from "node:net";
import rateLimit from "@fastify/rate-limit";
import Fastify, {
  type FastifyContextConfig,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { openApiDocument } from "../../api/openapi.js";
import { packageVersion } from "../../package-version.js";
import { ModelBundles } from "../model-pages/model-bundles.js";
import { ModelEvaluations } from "../model-pages/model-evaluation.js";
import type { AllowedRuns } from "./allowed-run.js";
import { problemAnswers } from "./answer-problem.js";
import type { ApiKeys } from "./api-keys.js";
import { builtApp, sendPage, serveApp, servePlainPage, wantsPage } from "./app-files.js";
import { answerClientError } from "./client-errors.js";
import { defineRoutes } from "./define-routes.js";
import { serveDocs } from "./docs-viewer.js";
import { checkHostName, isLocal } from "./host-name.js";
import { HttpProblem } from "./http-problem.js";
import type { LogStream } from "./log-stream.js";
import { KnownPaths, refuseUnknown } from "./not-found.js";
import { readJson } from "./read-json.js";
import { requestIds } from "./request-id.js";
import { logRequests } from "./request-log.js";
import { itemRoutes } from "./routes/item-routes.js";
import { modelRoutes } from "./routes/model-routes.js";
import { peopleRoutes } from "./routes/people-routes.js";
import { rankingRoutes } from "./routes/ranking-routes.js";
import { type Swap, serverRoutes } from "./routes/server-routes.js";
import { sessionRoutes } from "./routes/session-routes.js";
import { addSecurity } from "./security.js";
import type { Served } from "./served.js";
import type { ServerMetrics } from "./server-metrics.js";
import type { Settings } from "./server-options.js";
import { trustedProxies } from "./trusted-proxies.js";

/** What a server is made of. */
export interface ServerParts {
  served: Served;
  settings: Settings;
  metrics: ServerMetrics;
  keys: ApiKeys | undefined;
  runs: AllowedRuns;
  log: LogStream;
  /** Whether there is a store. */
  keeps: boolean;
  swap: Swap;
}

/** Everything between the socket and the ranker; it does not listen yet. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { served, settings, metrics, keys, runs, log, keeps, swap } = parts;
  const { headerTimeout, requestTimeout } = settings;
  const nextId = requestIds();
  const answerProblem = problemAnswers({ metrics, maxBody: settings.maxBody, keeps });
  const app = Fastify({
    logger: { level: settings.logLevel, stream: log, base: null },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request" }),
    requestIdHeader: false,
    genReqId: nextId,
    bodyLimit: settings.maxBody,
    requestTimeout,
    return503OnClosing: false,
    trustProxy: settings.trustProxy === undefined ? false : trustedProxies(settings.trustProxy),
    routerOptions: { maxParamLength: 16_384 },
    http: {
      headersTimeout: Math.min(headerTimeout, requestTimeout),
      connectionsCheckingInterval: Math.max(50, Math.min(1000, headerTimeout / 4)),
    },
    clientErrorHandler(error, socket) {
      answerClientError(error, { socket: socket as Socket, instance: nextId(), said: (code) => metrics.problem(code) });
    },
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply as FastifyReply),
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
  else if (isLocal(settings.host) && settings.trustProxy === undefined)
    app.addHook("onRequest", async ({ routeOptions, headers }) => {
      if (isGuarded(routeOptions.config)) checkHostName(headers.host);
    });
  app.addHook("onRequest", async (_, reply) => {
    if (served.stopping) reply.header("connection", "close");
  });
  if (settings.rate > 0) await limitRate(app, settings.rate);
  logRequests(app, { metrics, level: settings.logLevel });
  app.setErrorHandler<FastifyError>(answerProblem);

  const openapi = openApiDocument({ version: packageVersion() });
  defineRoutes(app, {
    handlers: {
      ...rankingRoutes({ served, deadline: settings.deadline }),
      ...peopleRoutes({ served }),
      ...itemRoutes({ served }),
      ...modelRoutes({
        served,
        evaluations: new ModelEvaluations({ data: settings.data }),
        bundles: new ModelBundles({ cache: settings.cache }),
        report: settings.report,
      }),
      ...sessionRoutes({ keys }),
      ...serverRoutes({ served, metrics, runs, swap, openapi }),
    },
    bodyLimits: { putItem: settings.maxItemBody },
  });
  await serveDocs(app, openapi);
  const folder = settings.app ?? builtApp();
  if (folder === undefined) servePlainPage(app);
  else await serveApp(app, { folder });
  app.setNotFoundHandler((request, reply) => {
    if (folder !== undefined && wantsPage(request)) return sendPage(reply);
    return refuseUnknown(paths, { request, reply });
  });
  return app;
}

/** Whether a route tells of people, items or the model, or changes them. */
function isGuarded({ operation, open }: FastifyContextConfig): boolean {
  return operation !== undefined && open !== true;
}

function checkKey(keys: ApiKeys, request: FastifyRequest): void {
  if (!isGuarded(request.routeOptions.config)) return;
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
    allowList: (request) => !isGuarded(request.routeOptions.config),
    keyGenerator: (request) => (request.key === undefined ? request.ip : `key ${request.key}`),
    errorResponseBuilder: () =>
      new HttpProblem(
        "RATE",
        `More than ${rate} requests a second: ask again in a second, or ask for several things at once`,
      ),
  });
}

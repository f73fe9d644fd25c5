import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { builtApp, sendPage, serveApp, wantsPage } from "../http/app-files.js";
import { HttpProblem, PROBLEM_TYPE, problemOf } from "../http/http-problem.js";
import { listen } from "../http/listen.js";
import { requestIds } from "../http/request-id.js";
import { addSecurity } from "../http/security.js";
import { TrainingLog } from "./training-log.js";

export interface WatchOptions {
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default: 8080, or any that is free where that is taken. */
  port?: number | undefined;
  /** Whether a server with the model comes afterwards, at the same address. */
  servedNext?: boolean | undefined;
}

/** A page that watches a training. */
export interface TrainingWatch {
  readonly url: string;
  readonly port: number;
  /** Whether the app is built; without it there are only the events. */
  readonly app: boolean;
  /** What the training tells goes here. */
  readonly log: TrainingLog;
  /** Tells whoever looks what it has come to, and closes. */
  close(): Promise<void>;
}

/** Milliseconds between two news at most: the eye needs no more. */
const EVERY = 250;
/** Milliseconds that browsers have to read the last news. */
const LAST_WORDS = 150;
const USUAL_PORT = 8080;

/**
 * Serves the app with a training in it: `GET /v1/training` (its state), and `GET /v1/training/events`, server-sent events named `state` that
 * bring the same whenever it has changed, at most four times a second. It lives in the process of the training, whose thread is another.
 *
 * @throws MmdinError CONFIG where the port that was asked for is taken.
 */
export async function watchTraining({
  host = "127.0.0.1",
  port,
  servedNext = false,
}: WatchOptions = {}): Promise<TrainingWatch> {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = `event: state\ndata: ${JSON.stringify(log.state)}\n\n`;
    for (const listener of listeners) listener.write(text);
  };
  const log = new TrainingLog(
    () => {
      timer ??= setTimeout(tell, EVERY).unref();
    },
    { servedNext },
  );
  const app = Fastify({ logger: false, genReqId: requestIds(), requestIdHeader: false });
  addSecurity(app, { cors: [] });
  app.get("/v1/training", async () => log.state);
  app.get("/v1/training/events", (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    raw.write(`event: state\ndata: ${JSON.stringify(log.state)}\n\n`);
    listeners.add(raw);
    request.raw.once("close", () => listeners.delete(raw));
  });
  const folder = builtApp();
  if (folder !== undefined) await serveApp(app, { folder });
  answerUnknown(app, folder);
  const found = await listenSomewhere(app, { host, port });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${found}`,
    port: found,
    app: folder !== undefined,
    log,
    async close() {
      tell();
      if (listeners.size > 0) await sleep(LAST_WORDS);
      for (const listener of listeners) listener.end();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** There is no model yet: everything else is answered with 404. */
function answerUnknown(app: FastifyInstance, folder: string | undefined): void {
  app.setNotFoundHandler((request, reply) => {
    if (folder !== undefined && wantsPage(request)) return sendPage(reply);
    const error = new HttpProblem(
      "NOT_FOUND",
      "A model is being trained here, and none is served yet: see /v1/training",
    );
    return reply
      .code(404)
      .type(PROBLEM_TYPE)
      .send(problemOf(error, { instance: request.id }));
  });
}

async function listenSomewhere(
  app: FastifyInstance,
  { host, port }: { host: string; port: number | undefined },
): Promise<number> {
  if (port !== undefined) return listen(app, { host, port });
  try {
    await app.listen({ host, port: USUAL_PORT });
    return USUAL_PORT;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    return listen(app, { host, port: 0 }); // nobody asked for a certain one
  }
}

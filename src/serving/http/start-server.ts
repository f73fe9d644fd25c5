import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { ModelSummary } from "../../api/contract.js";
import { createRanker } from "../create-ranker.js";
import { readComparison } from "../model-pages/model-comparison.js";
import type { RankerOptions } from "../ranker-contract.js";
import { AllowedRuns } from "./allowed-run.js";
import { ApiKeys } from "./api-keys.js";
import { builtApp } from "./app-files.js";
import { createServer } from "./create-server.js";
import { isLocal } from "./host-name.js";
import { listen } from "./listen.js";
import { LogStream } from "./log-stream.js";
import { toldTo } from "./ranker-log.js";
import type { Swap } from "./routes/server-routes.js";
import { Served } from "./served.js";
import { ServerMetrics } from "./server-metrics.js";
import { type ServerOptions, withDefaults } from "./server-options.js";

export interface ServeOptions extends ServerOptions, Omit<RankerOptions, "observer"> {}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Whether the app is at `/`. */
  readonly app: boolean;
  /** How many keys are asked for; undefined where none is. */
  readonly keys: number | undefined;
  /** What whoever starts it should know. */
  readonly warnings: readonly string[];
  /** Resolves when questions are answered; before that they are refused with STARTING. Rejects where the run cannot be served. */
  readonly ready: Promise<ModelSummary>;
  /** Reads the keys and the run again, the folder that is served by the path that it was given: its content, or what a symbolic link leads to, may be another. */
  reload(): Promise<ModelSummary>;
  /**
   * Says on /readyz that it stops, answers what has come, and closes.
   *
   * @param options.drain milliseconds in which it goes on accepting and answering, while /readyz says 503; default 0.
   * @param options.grace milliseconds to answer what has come then; default 10,000. What is not answered by then is cut off.
   * @returns whether everything was answered.
   */
  stop(options?: { grace?: number; drain?: number }): Promise<boolean>;
}

/** See `serve`. */
export async function startServer(run: string, options: ServeOptions = {}): Promise<RunningServer> {
  const { store, workers, threads, queue, clock, ...rest } = options;
  const settings = withDefaults(rest);
  const keys = settings.apiKeyFile === undefined ? undefined : ApiKeys.read(settings.apiKeyFile);
  if (settings.report !== undefined) readComparison(settings.report); // a wrong one is said now, not when somebody looks
  const served = new Served();
  const metrics = new ServerMetrics(() => served.found?.status());
  const log = new LogStream();
  let current = resolve(run);
  let turn: Promise<unknown> = Promise.resolve();
  const swap: Swap = ({ path, real }) => {
    const next = turn.then(async () => {
      metrics.serves(await served.ranker.swap(real));
      current = path;
    });
    turn = next.catch(() => undefined); // whoever asked for it is told; the next one does not wait for that
    return next;
  };
  const app = await createServer({
    served,
    settings,
    metrics,
    keys,
    runs: new AllowedRuns(run, settings),
    log,
    swap,
    keeps: (store ?? "none") !== "none",
  });
  const port = await listen(app, settings).catch(async (error: unknown) => {
    await app.close();
    log.close();
    throw error;
  });
  const opened = createRanker(
    run,
    given({ store, workers, threads, queue, clock, observer: toldTo(app.log, metrics.observer) }),
  );
  const ready = opened.then((ranker) => {
    served.start(ranker);
    metrics.serves(ranker.model());
    return ranker.model();
  });
  ready.catch(() => undefined); // whoever awaits `ready` is told
  return {
    url: `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`,
    host: settings.host,
    port,
    app: (settings.app ?? builtApp()) !== undefined,
    keys: keys?.count,
    warnings: warningsOf({ host: settings.host, keys, store: store ?? "none" }),
    ready,
    async reload() {
      keys?.reload();
      await swap({ path: current, real: current });
      app.log.info({ run: current }, "the run was loaded again");
      return served.ranker.model();
    },
    async stop({ grace = 10_000, drain = 0 } = {}) {
      served.stop();
      if (drain > 0) await sleep(drain);
      const whole = await close(app, grace);
      const ranker = await opened.catch(() => undefined);
      await ranker?.close();
      log.close();
      return whole;
    },
  };
}

/** Lets what has come be answered, then ends the connections; those that go on are cut off when the grace is over. */
async function close(app: FastifyInstance, grace: number): Promise<boolean> {
  let whole = true;
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const over = setTimeout(() => {
    whole = false;
    app.server.closeAllConnections();
  }, grace);
  await app.close().finally(() => {
    clearInterval(idle);
    clearTimeout(over);
  });
  return whole;
}

function warningsOf({ host, keys, store }: { host: string; keys: ApiKeys | undefined; store: string }): string[] {
  const warnings: string[] = [];
  if (!isLocal(host) && keys === undefined)
    warnings.push(`${host} can be reached from other machines, and no key is asked for: give --api-key-file`);
  const readable = keys?.warning();
  if (readable !== undefined) warnings.push(readable);
  if (store === "none") warnings.push("there is no store: events are refused and nobody is remembered: give --store");
  return warnings;
}

/** Options without those that were left open. */
function given(options: { [K in keyof RankerOptions]: RankerOptions[K] | undefined }): RankerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

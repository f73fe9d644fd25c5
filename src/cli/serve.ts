import type { ModelSummary } from "../api/contract.js";
import { MmdinError } from "../errors.js";
import type { RunningServer } from "../serving/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { count, moment, plural } from "./format.js";
import { printNote, printResult } from "./output.js";
import { type ServeArguments, serveArguments } from "./serve-arguments.js";

export const serveCommand = defineCliCommand({
  name: "serve",
  description: "Answer over HTTP: rank, recommend, explain, remember what people did",
  args: serveArguments,
  examples: [
    "mmdin serve --run runs/first --store state",
    "mmdin serve --run runs/first --store redis://localhost:6379 --host 0.0.0.0 --api-key-file keys.txt --workers 2",
  ],
  async run({ args }) {
    const options = optionsOf(args);
    const grace = 1000 * (wholeNumber(args.grace, { option: "--grace" }) ?? 10);
    const drain = 1000 * (wholeNumber(args.drain, { option: "--drain" }) ?? 0);
    const { serve } = await import("../serving/index.js");
    const server = await serve(args.run, options);
    return answerUntilStopped(server, { grace, drain, store: options.store ?? "none", json: args.json === true });
  },
});

/** Says where a server answers once it does, and lets it answer until a signal ends it; the exit code. */
export async function answerUntilStopped(
  server: RunningServer,
  { grace = 10_000, drain = 0, store, json = false }: { grace?: number; drain?: number; store: string; json?: boolean },
): Promise<number> {
  const ended = untilStopped(server, { grace, drain });
  let model: ModelSummary;
  try {
    model = await server.ready;
  } catch (error) {
    ended.dispose();
    await server.stop({ grace: 0 });
    throw error;
  }
  if (json)
    printResult(
      JSON.stringify({ url: server.url, port: server.port, pid: process.pid, warnings: server.warnings, model }),
    );
  else printResult(render(server, { model, store }));
  return ended.code;
}

function optionsOf(args: ServeArguments) {
  const whole = (value: string | undefined, option: string, least = 1) => wholeNumber(value, { option, least });
  const seconds = (value: string | undefined, option: string): number | undefined => {
    const number = whole(value, option);
    return number === undefined ? undefined : number * 1000;
  };
  return {
    host: args.host,
    port: portOf(args.port),
    store: args.store,
    workers: whole(args.workers, "--workers"),
    threads: whole(args.threads, "--threads"),
    queue: whole(args.queue, "--queue"),
    clock: args.clock,
    apiKeyFile: args["api-key-file"],
    runs: args.runs,
    data: args.data,
    report: args.report,
    cache: args.cache,
    maxBody: bytesOf(args["max-body"], "--max-body"),
    maxItemBody: bytesOf(args["max-item-body"], "--max-item-body"),
    maxConnections: whole(args["max-connections"], "--max-connections"),
    headerTimeout: seconds(args["header-timeout"], "--header-timeout"),
    requestTimeout: seconds(args["request-timeout"], "--request-timeout"),
    rate: whole(args.rate, "--rate", 0),
    deadline: whole(args.deadline, "--deadline"),
    cors: args.cors === undefined ? undefined : originsOf(args.cors),
    trustProxy: args["trust-proxy"],
    logLevel: args["log-level"] ?? (process.stderr.isTTY ? "warn" : "info"),
  } as const;
}

function portOf(text: string | undefined): number | undefined {
  const port = wholeNumber(text, { option: "--port" });
  if (port === undefined || port <= 65_535) return port;
  throw new MmdinError("CONFIG", "no such port", { where: "--port", expected: "0 to 65535", got: String(port) });
}

const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20 };

function bytesOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const [, number = "", unit = ""] = /^(\d{1,12}) ?(KiB|MiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? 0);
  if (number !== "" && bytes > 0) return bytes;
  throw new MmdinError("CONFIG", "no size", { where: option, expected: "bytes, or a size such as 4MiB", got: text });
}

function originsOf(text: string): string[] {
  const origins = text.split(",").map((origin) => origin.trim());
  for (const origin of origins) {
    if (origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    const expected = 'origins, such as "https://shop.example", or "*"';
    throw new MmdinError("CONFIG", "no origin", { where: "--cors", expected, got: JSON.stringify(origin) });
  }
  return origins;
}

/** Listens for signals until the server has stopped. */
function untilStopped(
  server: RunningServer,
  { grace, drain }: { grace: number; drain: number },
): { code: Promise<number>; dispose(): void } {
  let stopping = false;
  let done: (code: number) => void = () => undefined;
  const code = new Promise<number>((resolve) => {
    done = resolve;
  });
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    printNote("mmdin: stopping once what has come is answered; the same again stops at once");
    server.stop({ grace, drain }).then(
      (whole) => {
        if (!whole) printNote(`mmdin: what was not answered within ${grace / 1000} s was cut off`);
        dispose();
        done(whole ? 0 : 1);
      },
      (error: unknown) => {
        printNote(`mmdin: ${error instanceof Error ? error.message : String(error)}`);
        dispose();
        done(1);
      },
    );
  };
  const reload = (): void => {
    server.reload().then(
      (model) => printNote(`mmdin: serves ${model.run} of ${model.created} now`),
      (error: unknown) =>
        printNote(`mmdin: goes on as before: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  const dispose = (): void => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    process.off("SIGHUP", reload);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", reload);
  return { code, dispose };
}

/** What a person wants to see of a server that answers. */
function render(server: RunningServer, { model, store }: { model: ModelSummary; store: string }): string {
  const { url, app, keys, warnings } = server;
  const { items, users, run, name, created } = model;
  const added = items.added > 0 ? `, ${count(items.added)} of them added` : "";
  const lines = [
    `${name} of ${moment(Date.parse(created) / 1000)} (UTC) from ${run}: ${plural(items.count, "item")}${added}, ${count(users)} people in its log`,
    "",
    `  ${app ? "app" : "   "}      ${app ? `${url}/` : ""}`,
    `  API      ${url}/v1, described at ${url}/docs`,
    `  store    ${store === "none" ? "none" : store}`,
    `  keys     ${keys === undefined ? "none asked for" : `one of ${keys} asked for`}`,
    ...(warnings.length > 0 ? [""] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    "",
    `Ctrl-C stops it; kill -HUP ${process.pid} loads the run and the keys again.`,
  ];
  return lines.filter((line) => line.trim() !== "" || line === "").join("\n");
}

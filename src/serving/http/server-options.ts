/** Limits and settings of the server itself; what a ranker takes is in RankerOptions. Times are milliseconds, sizes bytes. */
export interface ServerOptions {
  /** Default 127.0.0.1: this machine alone. */
  host?: string;
  /** 0 takes any that is free. Default 8080. */
  port?: number;
  /** A file with one key a line. Default: no key is asked for. */
  apiKeyFile?: string;
  /** Of a body, in bytes; default 1 MiB. */
  maxBody?: number;
  /** Of the body that puts an item, with its pictures; default 32 MiB. */
  maxItemBody?: number;
  /** Connections at a time; more are closed at once. Default 10,000. */
  maxConnections?: number;
  /** For the headers of a request, from its first byte; default 10,000. */
  headerTimeout?: number;
  /** For a whole request, body included; default 30,000. */
  requestTimeout?: number;
  /** Requests a second of one key, or of one address where no key is asked for; 0 (default) for any number. */
  rate?: number;
  /** For an answer, where a question does not say; default 1,000. */
  deadline?: number;
  /** Origins whose pages may ask, such as "https://shop.example"; "*" for all. Default: none. */
  cors?: readonly string[];
  /** Addresses of proxies whose `x-forwarded-for` is believed. Default: none. */
  trustProxy?: string;
  /** Default "info". "debug" tells paths with the ids in them. */
  logLevel?: LogLevel;
  /** Runs may be taken from this folder and those below it. Default: the folder that holds the first run. */
  runs?: string;
  /** The prepared dataset of the run, which its evaluation is measured on. Default: where it was when the run was trained. */
  data?: string;
  /** A folder that `mmdin compare` or `mmdin ablate` wrote. */
  report?: string;
  /** Folder that the exported model is kept in. Default `.mmdin/cache`. */
  cache?: string;
  /** The folder of the app. Default: that of the package, where it was built. */
  app?: string;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is left open has its default. */
export function withDefaults(options: ServerOptions) {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    host: "127.0.0.1",
    port: 8080,
    maxBody: 2 ** 20,
    maxItemBody: 32 * 2 ** 20,
    maxConnections: 10_000,
    headerTimeout: 10_000,
    requestTimeout: 30_000,
    rate: 0,
    deadline: 1000,
    cors: [] as readonly string[],
    logLevel: "info" as LogLevel,
    ...(given as ServerOptions),
  };
}

export type Settings = ReturnType<typeof withDefaults>;

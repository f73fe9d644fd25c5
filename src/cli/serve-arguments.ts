import type { ArgsDef, ParsedArgs } from "citty";

export const serveArguments = {
  run: {
    type: "string",
    required: true,
    valueHint: "RUN",
    description: "Folder that `mmdin train` wrote, or a symbolic link to one",
  },
  store: {
    type: "string",
    valueHint: "PLACE",
    description: "Where events and added items are kept: a folder, or redis://host:port (default: nowhere)",
  },
  port: { type: "string", valueHint: "N", description: "Port (default 8080; 0 takes any that is free and prints it)" },
  host: {
    type: "string",
    valueHint: "ADDRESS",
    description: "Address to listen on (default 127.0.0.1: this machine alone)",
  },
  "api-key-file": { type: "string", valueHint: "FILE", description: "One key a line; without it no key is asked for" },
  workers: { type: "string", valueHint: "N", description: "Threads that score questions (default 1)" },
  threads: { type: "string", valueHint: "N", description: "Threads inside of one worker (default 1)" },
  queue: {
    type: "string",
    valueHint: "N",
    description: "Questions that may wait; more are refused with 503 (default 256)",
  },
  deadline: {
    type: "string",
    valueHint: "MS",
    description: "Milliseconds for an answer, where a question does not say (default 1000)",
  },
  clock: {
    type: "enum",
    options: ["now", "log"],
    description:
      "What time a question is asked at, where it does not say: this machine's, or just after the last event known",
  },
  runs: {
    type: "string",
    valueHint: "DIR",
    description: "Folder that POST /v1/model takes runs from (default: the one that holds RUN)",
  },
  data: {
    type: "string",
    valueHint: "DIR",
    description: "Prepared dataset that the page about the model measures on (default: where training found it)",
  },
  report: {
    type: "string",
    valueHint: "DIR",
    description: "Folder that `mmdin compare` or `mmdin ablate` wrote, shown on the page about the model",
  },
  cache: {
    type: "string",
    valueHint: "DIR",
    description: "Folder that the model is exported to, for browsers that run it themselves (default .mmdin/cache)",
  },
  rate: {
    type: "string",
    valueHint: "N",
    description: "Requests a second of one key or address (default 0: any number)",
  },
  cors: {
    type: "string",
    valueHint: "ORIGINS",
    description: "Origins whose pages may ask, with commas between them, or * (default: none)",
  },
  "max-body": { type: "string", valueHint: "SIZE", description: "Of a body (default 1MiB)" },
  "max-item-body": {
    type: "string",
    valueHint: "SIZE",
    description: "Of a body that puts an item, with its pictures (default 32MiB)",
  },
  "max-connections": { type: "string", valueHint: "N", description: "Connections at a time (default 10000)" },
  "header-timeout": {
    type: "string",
    valueHint: "S",
    description: "Seconds for the headers of a request (default 10)",
  },
  "request-timeout": {
    type: "string",
    valueHint: "S",
    description: "Seconds for a whole request to come (default 30)",
  },
  "trust-proxy": {
    type: "string",
    valueHint: "ADDRESSES",
    description: "Proxies whose x-forwarded-for is believed (default: none)",
  },
  grace: {
    type: "string",
    valueHint: "S",
    description: "Seconds to answer what has come when it is stopped (default 10)",
  },
  drain: {
    type: "string",
    valueHint: "S",
    description:
      "Seconds to go on as before when it is stopped, with 503 on /readyz, so that a balancer looks away first (default 0)",
  },
  "log-level": {
    type: "enum",
    options: ["debug", "info", "warn", "error", "silent"],
    description:
      "Of the log, JSON lines on stderr (default info, on a terminal warn; debug tells paths with the ids in them)",
  },
  json: { type: "boolean", description: "Print one line of JSON once it answers: { url, port, pid, warnings, model }" },
} as const satisfies ArgsDef;

export type ServeArguments = ParsedArgs<typeof serveArguments>;

// A process that asks a server over HTTP, and prints what came of it as JSON: autocannon keeps `clients` connections busy with these requests in turn.
//   http-load.ts '{ "url": ..., "clients": 8, "seconds": 10, "requests": [{ "method", "path", "body" }] }'
import { readFileSync } from "node:fs";
import autocannon from "autocannon";
import { quantile } from "./summary.js";

export interface LoadPlan {
  url: string;
  clients: number;
  seconds: number;
  requests: { method: "GET" | "POST" | "PUT"; path: string; body?: string }[];
}

export interface LoadResult {
  answered: number;
  /** Answers that are no success, by status. */
  refused: Record<string, number>;
  /** Connections that failed. */
  errors: number;
  timeouts: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  worst: number;
}

const plan = JSON.parse(readFileSync(0, "utf8")) as LoadPlan;
const times: number[] = [];
const refused: Record<string, number> = {};
const { errors, timeouts, duration } = await new Promise<autocannon.Result>((done, reject) => {
  const instance = autocannon(
    {
      url: plan.url,
      connections: plan.clients,
      duration: plan.seconds,
      timeout: 30,
      headers: { "content-type": "application/json" },
      requests: plan.requests.map(({ method, path, body }) => ({ method, path, ...(body !== undefined && { body }) })),
    },
    (error, found) => (error ? reject(error) : done(found)),
  );
  instance.on("response", (_client, status, _bytes, time) => {
    times.push(time);
    if (status >= 300) refused[status] = (refused[status] ?? 0) + 1;
  });
});
const result: LoadResult = {
  answered: times.length,
  refused,
  errors,
  timeouts,
  seconds: duration,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  worst: quantile(times, 1),
};
console.log(JSON.stringify(result));

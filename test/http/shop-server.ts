import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Problem, problemSchema } from "../../src/api/problem.js";
import { type Client, createClient } from "../../src/client/index.js";
import { type RunningServer, type ServeOptions, serve } from "../../src/serving/index.js";

export interface ShopServer {
  server: RunningServer;
  client: Client;
  /** Sends JSON (or a text as it is) and reads the answer. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
  text: string;
}

/** A server of a run in this process, on a free port; stopped when the test is over. */
export async function shopServer(run: string, options: ServeOptions = {}): Promise<ShopServer> {
  const started = await startedServer(run, options);
  onTestFinished(async () => void (await started.server.stop({ grace: 2000 })));
  return started;
}

/** As `shopServer`; whoever starts it stops it. */
export async function startedServer(run: string, options: ServeOptions = {}): Promise<ShopServer> {
  const server = await serve(run, { port: 0, logLevel: "silent", deadline: 20_000, ...options });
  await server.ready;
  return { server, client: createClient({ url: server.url, timeout: 60_000 }), send: sender(server.url) };
}

export function sender(url: string): ShopServer["send"] {
  return async (method, path, body, headers = {}) => {
    const content = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const init = { method, headers: { ...type, ...headers }, ...(content !== undefined && { body: content }) };
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json");
    return { status: answer.status, headers: answer.headers, text, body: json && text ? JSON.parse(text) : undefined };
  };
}

/** That an answer is a problem document with this status and code, whose words name no file and no stack; the document. */
export function expectProblem(answer: Answer, status: number, code: string): Problem {
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = problemSchema.parse(answer.body);
  expect(problem).toMatchObject({ status, instance: answer.headers.get("x-request-id") });
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d|node_modules|\/src\/|\/tmp\//);
  return problem;
}

/** A folder of this test alone. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-http-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

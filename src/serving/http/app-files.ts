import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { APP_POLICY } from "./security.js";

const YEAR = 365 * 86_400;

/** The folder of the built app: `web` beside the built library; from the sources that of the last build. */
export function builtApp(): string | undefined {
  const places = ["../../web/", "../../../dist/web/"].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((folder) => existsSync(join(folder, "index.html")));
}

/** Serves the app's files at `/`; `sendPage` gives its page for the paths that are its own. */
export async function serveApp(app: FastifyInstance, { folder }: { folder: string }): Promise<void> {
  app.addHook("onRequest", async ({ routeOptions: { config, url } }, reply) => {
    if (config.operation === undefined && url !== undefined && !url.startsWith("/docs")) reply.headers(headersOf(url));
  });
  await app.register(fastifyStatic, { root: folder, wildcard: false, cacheControl: false });
}

/** The app's page. */
export function sendPage(reply: FastifyReply): FastifyReply {
  return reply.headers(headersOf("/")).sendFile("index.html");
}

function headersOf(path: string): Record<string, string> {
  // Vite names files in assets/ by their content.
  const cache = path.startsWith("/assets/") ? `public, max-age=${YEAR}, immutable` : "no-cache";
  return { "cache-control": cache, "content-security-policy": APP_POLICY };
}

/** Whether a path that nothing else answers is a page of the app: asked for by a browser, and none of the server's own. */
export function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const page = (method === "GET" || method === "HEAD") && headers.accept?.includes("text/html") === true;
  return page && !/^\/(?:v\d+|docs|assets|healthz|readyz|metrics|openapi\.json)(?:[/?]|$)/.test(url);
}

/** Where the app is not built, `/` names the API. */
export function servePlainPage(app: FastifyInstance): void {
  app.get("/", async (_, reply) => reply.type("text/html; charset=utf-8").send(PLAIN));
}

const PLAIN = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>mmdin</title>
<h1>mmdin</h1>
<p>This server ranks. The app was not built; the API is here:</p>
<ul>
<li><a href="/docs">/docs</a>: every call, with its fields, to read and to try</li>
<li><a href="/openapi.json">/openapi.json</a>: the same for programs</li>
<li><a href="/v1/model">/v1/model</a>: what is served</li>
</ul>
</html>
`;

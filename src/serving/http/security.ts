import type { FastifyInstance } from "fastify";

/** Of answers that are data: nothing in them may be run or shown as a page. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Of the app: its own scripts, styles and pictures, and this server. */
export const APP_POLICY = [
  "default-src 'none'",
  // WebAssembly for the model in the browser; no script but the server's own files.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer, and answers for pages of the origins that may ask. */
export function addSecurity(app: FastifyInstance, { cors }: { cors: readonly string[] }): void {
  const any = cors.includes("*");
  const headers = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": cors.length > 0 ? "cross-origin" : "same-origin",
    "content-security-policy": DATA_POLICY,
    "cache-control": "no-store",
    ...(cors.length > 0 && !any && { vary: "origin" }),
  };
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers).header("x-request-id", request.id);
    const { origin } = request.headers;
    if (origin === undefined || !(any || cors.includes(origin))) return undefined;
    reply.header("access-control-allow-origin", any ? "*" : origin);
    reply.header("access-control-expose-headers", "x-request-id, retry-after");
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
      return undefined;
    return reply
      .headers({
        "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
        "access-control-allow-headers": "authorization, content-type, x-api-key, x-request-id",
        "access-control-max-age": "600",
      })
      .code(204)
      .send();
  });
}

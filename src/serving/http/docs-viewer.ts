import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

/** The viewer at /docs: its own files only, nothing is fetched from elsewhere. */
export async function serveDocs(app: FastifyInstance, document: Readonly<Record<string, unknown>>): Promise<void> {
  await app.register(swagger, { mode: "static", specification: { document: document as never } });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    theme: { title: "mmdin API" },
    uiConfig: { validatorUrl: null, tryItOutEnabled: false, defaultModelsExpandDepth: 0, displayRequestDuration: true },
    staticCSP: [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
  });
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { nearest } from "../../config/nearest.js";
import { HttpProblem } from "./http-problem.js";

/** The routes of a server, as they are registered: which methods a path has. */
export class KnownPaths {
  readonly #methods = new Map<string, Set<string>>();
  #patterns: { pattern: RegExp; methods: ReadonlySet<string> }[] | undefined;

  /** Listens for the routes that are registered from now on. */
  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      if (url.includes("*")) return;
      const methods = this.#methods.get(url) ?? new Set();
      this.#methods.set(url, methods);
      for (const name of Array.isArray(method) ? method : [method]) methods.add(name);
      this.#patterns = undefined;
    });
  }

  /** Methods of a path, sorted; empty where there is no such path. */
  methodsOf(path: string): string[] {
    this.#patterns ??= [...this.#methods].map(([url, methods]) => ({ pattern: patternOf(url), methods }));
    const found = this.#patterns.filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }

  /** A path that one without a parameter was meant to be. */
  near(path: string): string | undefined {
    return nearest(
      path,
      [...this.#methods.keys()].filter((url) => !url.includes(":") && !url.startsWith("/docs/")),
    );
  }
}

function patternOf(url: string): RegExp {
  const parts = url
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}

/** 405 with the methods that the path has, or 404 with what it may have been meant to be. */
export function refuseUnknown(
  paths: KnownPaths,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): never {
  const [path = ""] = request.url.split("?");
  const methods = paths.methodsOf(path);
  if (methods.length > 0) {
    reply.header("allow", methods.join(", "));
    throw new HttpProblem("METHOD", `${path} takes ${methods.join(", ")}, not ${request.method}`);
  }
  const near = paths.near(path);
  const advice = near === undefined ? "See /docs for what there is" : `Did you mean ${near}?`;
  throw new HttpProblem("NOT_FOUND", `There is nothing at ${path.slice(0, 200)}. ${advice}`);
}

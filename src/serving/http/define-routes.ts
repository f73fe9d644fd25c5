import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OperationAnswers } from "../../api/operation-answers.js";
import { type Operation, type OperationInput, type OperationName, operations } from "../../api/operations.js";
import { readInput } from "./read-input.js";

/** What the handler of an operation has beside its input. */
export interface Call {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** One handler an operation. JSON is sent as it is returned; a handler of anything else sends it through `reply`. */
export type Handlers<K extends OperationName = OperationName> = {
  [P in K]: (input: OperationInput<P>, call: Call) => Promise<OperationAnswers[P] | FastifyReply>;
};

/** Reads, checks and answers every operation of the table with its handler. */
export function defineRoutes(app: FastifyInstance, { handlers, bodyLimits }: RouteParts): void {
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    const handle = handlers[name as OperationName] as (input: unknown, call: Call) => Promise<unknown>;
    const { method, path, params, query, body } = operation;
    const bodyLimit = bodyLimits[name as OperationName];
    app.route({
      method,
      url: path.replace(/\{(\w+)\}/g, ":$1"),
      ...(bodyLimit !== undefined && { bodyLimit }),
      config: { operation: name, open: operation.open === true },
      handler: async (request, reply) => {
        const input = {
          params: params && readInput(params, request.params, { place: "path" }),
          query: query ? readInput(query, request.query, { place: "query" }) : undefined,
          body: body && readInput(body, request.body, { place: "" }),
        };
        return handle(input, { request, reply });
      },
    });
  }
}

export interface RouteParts {
  handlers: Handlers;
  /** Bytes of a body, where they differ from those of all others. */
  bodyLimits: Partial<Record<OperationName, number>>;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of the table of operations; undefined for files of the app and the viewer of the API. */
    operation?: string;
    /** Answered without a key. */
    open?: boolean;
  }
}

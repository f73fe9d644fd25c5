import { isUtf8 } from "node:buffer";
import type { FastifyRequest } from "fastify";
import { HttpProblem } from "./http-problem.js";

/** Reads a body as JSON; what is not is refused with the reason. */
export async function readJson({ headers }: FastifyRequest, body: string | Buffer): Promise<unknown> {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    throw new HttpProblem("MEDIA_TYPE", `The body is compressed (${encoding.slice(0, 40)}): send it as it is`);
  if (body.length === 0) throw new HttpProblem("SYNTAX", "The body is empty: expected JSON");
  if (typeof body !== "string" && !isUtf8(body)) throw new HttpProblem("SYNTAX", "The body is not UTF-8");
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, " ") : String(cause);
    throw new HttpProblem("SYNTAX", `The body is not JSON: ${reason}`);
  }
}

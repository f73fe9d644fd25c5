import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

const SANE = /^[\w.:-]{1,64}$/;

/** Ids of requests: the one that a request brings in `x-request-id`, where it is short and plain, else a new one. */
export function requestIds(): (request?: IncomingMessage) => string {
  const process = randomUUID().slice(0, 8);
  let next = 0;
  return (request) => {
    const given = request?.headers["x-request-id"];
    return typeof given === "string" && SANE.test(given) ? given : `${process}-${(next++).toString(36)}`;
  };
}

import { isIP } from "node:net";
import { HttpProblem } from "./http-problem.js";

/** Whether an address is one that only this machine reaches. */
export function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/**
 * Refuses a request that names the server by another name than an address or `localhost`. A page of the web whose own name leads to this machine
 * (DNS rebinding) would be of the server's origin to the browser, and could read what only this machine may.
 *
 * @param header of the request: `Host`.
 * @throws HttpProblem HOST
 */
export function checkHostName(header: string | undefined): void {
  if (header === undefined) return; // no browser leaves it out
  const name = header
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  if (isIP(name) > 0 || name === "localhost" || name.endsWith(".localhost")) return;
  throw new HttpProblem(
    "HOST",
    "This server is for this machine alone and asks for no key, so it is asked by its address or as localhost. Behind a proxy, start it with --trust-proxy; for others, with --api-key-file",
  );
}

import type { IncomingHttpHeaders } from "node:http";

const NAME = "mmdin-session";

/** What the cookie of a request holds; undefined where it has none. */
export function sessionOf({ cookie = "" }: IncomingHttpHeaders): string | undefined {
  for (const pair of cookie.split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === NAME && value) return value;
  }
  return undefined;
}

/**
 * The header `set-cookie` that leaves a session in a browser until it is closed, or (null) takes it back. No script reads it, and pages of other
 * sites do not send it; over HTTPS it is sent over nothing else.
 */
export function sessionCookie(session: string | null, { secure }: { secure: boolean }): string {
  const words = [`${NAME}=${session ?? ""}`, "Path=/", "HttpOnly", "SameSite=Strict"];
  if (secure) words.push("Secure");
  if (session === null) words.push("Max-Age=0");
  return words.join("; ");
}

import type { Socket } from "node:net";
import { type ProblemCode, problemKinds, problemType } from "../../api/problem.js";

/** What node says of a connection before there is a request. */
const CODES: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: "SLOW", detail: "The request did not come in time, and the connection is closed" },
  HPE_HEADER_OVERFLOW: {
    code: "TOO_LARGE",
    detail: "The path and headers of the request are too large: expected 16 KiB at most",
  },
};

/**
 * Answers what is no HTTP, or comes too slowly, with a problem document, and closes the connection.
 *
 * @param said told of the code.
 */
export function answerClientError(
  error: Error & { code?: string },
  { socket, instance, said }: { socket: Socket; instance: string; said: (code: ProblemCode) => void },
): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, detail } = CODES[error.code ?? ""] ?? { code: "SYNTAX", detail: "This is not a request of HTTP/1.1" };
  const { status, title } = problemKinds[code];
  const body = JSON.stringify({ type: problemType(code), title, status, detail, instance, code });
  said(code);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${instance}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

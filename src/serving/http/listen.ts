import type { FastifyInstance } from "fastify";
import { MmdinError } from "../../errors.js";

/**
 * Makes a server listen, and says on which port.
 *
 * @throws MmdinError CONFIG where it cannot, with the reason.
 */
export async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = LISTENING[code];
    if (reason === undefined) throw cause;
    throw new MmdinError("CONFIG", reason.problem, { where: `${host}:${port}`, fix: reason.fix, cause });
  }
  const address = app.server.address();
  return address !== null && typeof address === "object" ? address.port : port;
}

const LISTENING: Readonly<Record<string, { problem: string; fix: string }>> = {
  EADDRINUSE: {
    problem: "another program listens there already",
    fix: "Stop it, or give another port: --port 0 takes any that is free.",
  },
  EACCES: { problem: "this port is not allowed to this user", fix: "Give a port of 1024 or more." },
  EADDRNOTAVAIL: {
    problem: "this machine has no such address",
    fix: "Give 127.0.0.1, or 0.0.0.0 for every address of this machine.",
  },
  ENOTFOUND: { problem: "no such host", fix: "Give an address of this machine, such as 127.0.0.1." },
};

import type { RunningServer, ServeOptions } from "./http/start-server.js";

/**
 * Serves a run over HTTP: the routes of `/openapi.json`, and the app.
 *
 * It listens when the promise resolves, and answers questions when `ready` does. What is wrong with an option or the port rejects the promise,
 * what is wrong with the run or the store `ready`.
 *
 * @throws MmdinError CONFIG for a port in use, keys that cannot be read.
 * @example
 * const server = await serve("runs/first", { port: 0, store: "state" });
 * await server.ready;
 * console.log(server.url);
 * await server.stop();
 */
export async function serve(run: string, options: ServeOptions = {}): Promise<RunningServer> {
  // HTTP is loaded where it is used: most who import mmdin serve nothing.
  const { startServer } = await import("./http/start-server.js");
  return startServer(run, options);
}

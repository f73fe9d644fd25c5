import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { type Client, createClient } from "../../src/client/index.js";
import { MMDIN } from "../cli/run-mmdin.js";
import { type ShopServer, sender } from "./shop-server.js";

/** `mmdin serve`, as a process of its own. */
export interface ServeProcess {
  url: string;
  port: number;
  child: ChildProcess;
  client: Client;
  send: ShopServer["send"];
  /** What it has written by now. */
  said(): { stdout: string; stderr: string };
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
}

/**
 * Starts it and waits until it answers; killed when the test is over.
 *
 * @param words beside `serve --json --port N`
 * @param options.port default 0: any that is free
 * @param options.shell what `sh` does before it becomes mmdin, such as `ulimit -f 2048`.
 */
export async function serveProcess(
  words: readonly string[],
  { shell, port: asked = 0 }: { shell?: string; port?: number } = {},
): Promise<ServeProcess> {
  const started = startProcess(["--json", "--port", String(asked), ...words], { shell });
  const { child, said, ended } = started;
  const line = await new Promise<string>((found, reject) => {
    child.stdout?.on("data", () => {
      const [first, rest] = said().stdout.split("\n");
      if (rest !== undefined) found(first!);
    });
    void ended.then((code) => reject(new Error(`mmdin serve ended with ${code}: ${said().stderr}`)));
  });
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  return { ...started, url, port, client: createClient({ url, timeout: 60_000 }), send: sender(url) };
}

/** Starts `mmdin serve WORDS`; it may end by itself. */
export function startProcess(
  words: readonly string[],
  { shell }: { shell?: string | undefined } = {},
): Pick<ServeProcess, "child" | "said" | "ended"> {
  const command = [process.execPath, ...MMDIN, "serve", ...words];
  const child = shell
    ? spawn("sh", ["-c", `${shell}; exec "$0" "$@"`, ...command], { stdio: ["ignore", "pipe", "pipe"] })
    : spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => (signal ?? code) as number | string | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, ended, said: () => ({ stdout, stderr }) };
}

/** Clients that ask one question after the other, each on a connection of its own, until they are told to stop. */
export function load(
  url: string,
  { clients, body }: { clients: number; body: object },
): { stop(): Promise<{ answered: number; failures: unknown[] }> } {
  const client = createClient({ url, timeout: 30_000 });
  let going = true;
  let answered = 0;
  const failures: unknown[] = [];
  const all = Array.from({ length: clients }, async () => {
    while (going) {
      try {
        await client.rank(body as never);
        answered++;
      } catch (error) {
        failures.push(error);
        if (failures.length > 1000) return;
      }
    }
  });
  return {
    async stop() {
      going = false;
      await Promise.all(all);
      return { answered, failures };
    },
  };
}

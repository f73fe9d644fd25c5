import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MMDIN } from "../../test/cli/run-mmdin.js";
import type { LoadPlan, LoadResult } from "./http-load.js";
import { quantile } from "./summary.js";

export interface ServingProcess {
  url: string;
  child: ChildProcess;
  /** Resident memory in MiB. */
  memory(): number;
  stop(): Promise<void>;
}

/** `mmdin serve --run RUN WORDS` as a process of its own, on a free port; resolves when it answers. */
export async function startServing(words: readonly string[], node: readonly string[] = []): Promise<ServingProcess> {
  const command = [...node, ...MMDIN, "serve", "--port", "0", "--json", "--log-level", "warn", ...words];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  let said = "";
  const line = await new Promise<string>((found, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) found(said);
    });
    void ended.then(([code]) => reject(new Error(`mmdin serve ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    child,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Load from a process of its own. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const script = fileURLToPath(new URL("http-load.ts", import.meta.url));
  const loader = fileURLToPath(new URL("../../scripts/typescript.mjs", import.meta.url));
  const child = spawn(process.execPath, ["--import", loader, script], { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stdin.end(JSON.stringify(plan));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  return JSON.parse(said) as LoadResult;
}

/** Asks /healthz every 20 ms while something runs; p99 and worst of its times in milliseconds. */
export async function whileProbed<T>(url: string, run: Promise<T>): Promise<{ result: T; p99: number; worst: number }> {
  let going = true;
  const times: number[] = [];
  const probe = (async () => {
    while (going) {
      const begin = performance.now();
      await (await fetch(`${url}/healthz`)).text();
      times.push(performance.now() - begin);
      await new Promise((next) => setTimeout(next, 20));
    }
  })();
  const result = await run.finally(() => {
    going = false;
  });
  await probe;
  return { result, p99: quantile(times, 0.99), worst: quantile(times, 1) };
}

import { spawnSync } from "node:child_process";

/** Runs one of these scripts in a process of its own and reads the JSON that it prints. */
export function runChild<T>(script: string, args: readonly string[]): T {
  const command = ["--import", "./scripts/typescript.mjs", script, ...args];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return JSON.parse(stdout);
}

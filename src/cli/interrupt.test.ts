import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const script = `
  const { listenForInterrupt } = await import(${JSON.stringify(new URL("./interrupt.ts", import.meta.url).href)});
  const { signal, dispose } = listenForInterrupt("Stopping.");
  const patience = setTimeout(() => process.exit(9), 60000);
  signal.addEventListener("abort", () => {
    process.stdout.write("aborted");
    if (process.argv.includes("clean")) { clearTimeout(patience); dispose(); }
  });
  process.stdout.write("ready");
`;

/** A process that listens, after it has said "ready"; with "clean" it ends by itself when it is asked to. */
async function listener(
  ...words: string[]
): Promise<{ child: ChildProcess; said: () => string; ended: Promise<unknown[]> }> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, "--", ...words]);
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data));
  child.stderr.on("data", (data: Buffer) => (text += data));
  const ended = once(child, "exit");
  while (!text.includes("ready")) await once(child.stdout, "data");
  return { child, said: () => text, ended };
}

test("the first Ctrl-C asks for a clean stop and says so", async () => {
  const { child, said, ended } = await listener("clean");
  child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(said()).toContain("Stopping.\n");
  expect(said()).toContain("aborted");
});

test("the second Ctrl-C ends the process at once with 130", async () => {
  const { child, said, ended } = await listener();
  child.kill("SIGINT");
  while (!said().includes("aborted")) await once(child.stdout ?? child, "data");
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
});

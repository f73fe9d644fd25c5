import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { MMDIN } from "../cli/run-mmdin.js";

/** A command of mmdin that shows its training at an address, as a process of its own; killed when the test is over. */
export interface WatchedProcess {
  /** Of the page, once it has been said. */
  url: string;
  child: ChildProcess;
  /** Its exit code and signal. */
  ended: Promise<unknown[]>;
  /** What it has written by now. */
  said(): string;
}

/** Starts `mmdin WORDS`, and waits until it says where it can be watched. */
export async function watchedProcess(words: readonly string[]): Promise<WatchedProcess> {
  const child = spawn(process.execPath, [...MMDIN, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let said = "";
  const url = await new Promise<string>((found, reject) => {
    const hear = (text: string): void => {
      said += text;
      const address = /watch it: (http:\/\/[^/]+)/.exec(said)?.[1];
      if (address !== undefined) found(address);
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    void ended.then(([code]) => reject(new Error(`mmdin ${words[0]} ended with ${code}: ${said}`)));
  });
  return { url, child, ended, said: () => said };
}

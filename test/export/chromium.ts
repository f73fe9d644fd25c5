import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM_WORDS, chromiumPath } from "../web/chromium.js";

/** Why tests in a browser skip; undefined where chromium is there. Where CI runs they never skip. */
export const noChromium: string | undefined = missing();

function missing(): string | undefined {
  if (spawnSync("chromium", ["--version"]).status === 0) return undefined;
  if (process.env.CI) throw new Error("chromium is missing, and tests in a browser must not be skipped here");
  return "chromium is not installed: tests in a browser are skipped";
}

/** The chromium of this machine, without anything that asks the network on its own. */
export function openChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  return chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: [...CHROMIUM_WORDS] });
}

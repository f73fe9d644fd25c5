import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserServer, chromium } from "playwright-core";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { CHROMIUM_WORDS, chromiumPath } from "./chromium.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** What all tests of the app share; null where there is no Chromium. */
    shop: { url: string; browser: string; folder: string; app: string } | null;
  }
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** One small shop, trained and served, one build of the app, one browser: for all tests of test/web. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    if (process.env.CI) throw new Error("chromium is missing, and the tests of the app must not be skipped here");
    console.log("skipped: chromium is not installed, and the tests of the app need it");
    project.provide("shop", null);
    return undefined;
  }
  // `mmdin train --watch` and `mmdin demo` serve the app of the last build.
  if (!existsSync(path("../../dist/web/index.html"))) throw new Error("dist/ is not built: npm run build");
  const folder = mkdtempSync(join(tmpdir(), "mmdin-web-"));
  const app = join(folder, "app");
  let child: ChildProcess | undefined;
  let browser: BrowserServer | undefined;
  const teardown = async (): Promise<void> => {
    await browser?.close();
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await buildApp(app);
    const words = ["--import", path("../../scripts/typescript.mjs"), path("shop-process.ts"), folder, app];
    child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"], cwd: path("../..") });
    const url = await addressOf(child);
    browser = await chromium.launchServer({ executablePath, args: [...CHROMIUM_WORDS] });
    project.provide("shop", { url, browser: browser.wsEndpoint(), folder, app });
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** The app as it is shipped: vitest's own NODE_ENV would make it one for development, several times as slow. */
async function buildApp(outDir: string): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    await build({ configFile: path("../../web/vite.config.ts"), build: { outDir, manifest: false } });
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((found, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const end = said.indexOf("\n");
      if (end > 0) found((JSON.parse(said.slice(0, end)) as { url: string }).url);
    });
    child.once("exit", (code) => reject(new Error(`the shop of the tests ended with ${code}`)));
  });
}

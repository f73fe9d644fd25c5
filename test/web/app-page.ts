import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, expect, inject, onTestFinished } from "vitest";

const shop = inject("shop");

/** Whether there is no browser to test in: the setup has said so. */
export const withoutBrowser = shop === null;

const SCREENSHOTS = fileURLToPath(new URL("./screenshots/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let connected: Promise<Browser> | undefined;
afterAll(async () => {
  await (await connected)?.close();
  connected = undefined;
});

export interface AppPage {
  page: Page;
  /** What the browser complained about, and requests that left the server. */
  complaints: string[];
  /** Every request that was sent. */
  requests: { method: string; url: string; body: string }[];
  close(): Promise<void>;
}

export interface OpenOptions {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  /** Of another server. */
  url?: string;
  /** Whether it outlives the test; whoever opens it closes it. */
  lasts?: boolean;
  /** Before the page is opened. */
  before?(page: Page): Promise<unknown>;
}

export function served(): { url: string; folder: string } {
  if (shop === null) throw new Error("no browser");
  return shop;
}

/** Opens the app at a hash such as `#/model`, in a context of its own that ends with the test. */
export async function openApp(hash = "", options: OpenOptions = {}): Promise<AppPage> {
  const {
    width = 1600,
    height = width < 600 ? 760 : 1000,
    theme = "light",
    url = served().url,
    lasts = false,
    before,
  } = options;
  connected ??= chromium.connect(shop?.browser ?? "");
  const browser = await connected;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  if (!lasts) onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const requests: AppPage["requests"] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Answers of 400 and more are told below, with their address.
    if (/^Failed to load resource/.test(message.text())) return;
    if (message.type() === "error" || /Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    requests.push({ method: request.method(), url: request.url(), body: request.postData() ?? "" });
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(`${url}/`))
      complaints.push(`left: ${request.url()}`);
  });
  await before?.(page);
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url().slice(url.length)}`);
  });
  await page.goto(`${url}/${hash}`);
  return { page, complaints, requests, close: () => context.close() };
}

const WAITS = `document.querySelector(".skeleton, .waiting[data-on], .results[data-stale]") !== null
  || [...document.images].some((image) => !image.complete && image.loading !== "lazy")`;

/** Waits until nothing on the page is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  // Asked from here again and again: the page's own policy lets no text be run as a script, which a waiting function would be.
  const waits = (): Promise<unknown> => page.evaluate(WAITS);
  while (await waits()) await page.waitForTimeout(30);
}

/** A picture for people to look at: test/web/screenshots/NAME.png. */
export async function screenshot(page: Page, name: string, { whole = true } = {}): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: whole, animations: "disabled" });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** Rules of axe that are broken in a serious or critical way, with where. */
export async function axeProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)",
  )) as Violation[];
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
}

/** CSS pixels that the page is wider than the screen. */
export async function overflow(page: Page): Promise<number> {
  return (await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) as number;
}

/** The titles that are recommended, best first. */
export async function recommended(page: Page): Promise<string[]> {
  return page.locator(".results .result strong").allTextContents();
}

/** Waits until the recommendations are others than these. */
export async function othersThan(page: Page, before: readonly string[]): Promise<string[]> {
  await expect.poll(() => recommended(page), { timeout: 60_000 }).not.toEqual(before);
  await settled(page);
  return recommended(page);
}

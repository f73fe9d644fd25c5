import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runMmdin } from "../cli/run-mmdin.js";
import { openApp, othersThan, recommended, screenshot, settled, withoutBrowser } from "./app-page.js";
import { watchedProcess } from "./watched-process.js";

const SMALL = ["--users", "40", "--items", "80", "--events", "2000", "--threads", "1"];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-demo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(withoutBrowser)("the demo", () => {
  test("shows its training, then serves the shop at the same address, where two clicks change what is recommended", async () => {
    const words = ["demo", ...SMALL, "--out", newFolder(), "--serve", "--port", "0"];
    const { url, child, ended, said } = await watchedProcess(words);
    const { page } = await openApp("", { url });
    await page.getByRole("heading", { name: "Training", exact: true }).waitFor();
    await page.getByRole("region", { name: "Training of mmdin" }).waitFor({ timeout: 120_000 });
    const open = page.getByRole("button", { name: "Open the shop window" });
    await open.waitFor({ timeout: 150_000 });
    await screenshot(page, "demo-trained");
    const start = performance.now();
    await open.click();
    await page.locator(".posters .card").first().waitFor();
    await settled(page);
    const first = await recommended(page);
    await page.locator(".posters .card").nth(2).click();
    await page.locator(".posters .card").nth(5).click();
    await othersThan(page, first);
    expect(await page.locator(".history .step").count()).toBe(2);
    console.log(
      `from the demo's address to other recommendations, two clicks: ${((performance.now() - start) / 1000).toFixed(2)} s`,
    );
    expect(said()).toContain(`app      ${url}/`);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

test("without a terminal the demo ends with its table", async () => {
  const { status, stdout, stderr } = await runMmdin(newFolder(), "demo", ...SMALL);
  expect([status, stderr.includes("watch it")]).toEqual([0, false]);
  expect(stdout).toMatch(/^oracle +0\.\d+ +100\.0 %/m);
});

test("--no-serve and --serve are one option, and a wrong one is named", async () => {
  const { status, stderr } = await runMmdin(newFolder(), "demo", "--no-json");
  expect([status, stderr]).toEqual([1, expect.stringContaining("unknown option --no-json")]);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningServer, serve } from "../../src/serving/index.js";
import { axeProblems, openApp, overflow, screenshot, served, settled, withoutBrowser } from "./app-page.js";

const KEY = "a key of thirty-two letters, 1234".replaceAll(" ", "-");

describe.skipIf(withoutBrowser)("a server that asks for a key", () => {
  let server: RunningServer;
  const folder = mkdtempSync(join(tmpdir(), "mmdin-keys-"));
  const keys = join(folder, "keys.txt");
  beforeAll(async () => {
    writeFileSync(keys, KEY, { mode: 0o600 });
    const { app } = inject("shop")!;
    server = await serve(join(served().folder, "run"), { port: 0, apiKeyFile: keys, app, logLevel: "silent" });
    await server.ready;
  });
  afterAll(async () => {
    await server?.stop({ grace: 0 });
    rmSync(folder, { recursive: true, force: true });
  });

  test("gets it from a form, for the pictures too, and the page forgets it when somebody signs out", async () => {
    const { page, complaints, requests } = await openApp("#/?h=%2Bi030", { url: server.url });
    const field = page.getByLabel("Key", { exact: true });
    await field.fill(`${KEY}x`);
    await page.keyboard.press("Enter");
    await page.getByText("This key is not known to the server").waitFor();
    await screenshot(page, "sign-in-refused");
    expect(await axeProblems(page)).toEqual([]);
    await field.fill(KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".results .result").first().waitFor();
    await settled(page);
    expect(await page.evaluate("[document.cookie, JSON.stringify({ ...localStorage })].join()")).not.toContain(KEY);
    // Nobody is stored here: histories are answered with 404.
    const expected = /^401: .v1.(?:model|session)$|^404: .v1.users.\w+.history$/;
    expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
    expect(requests.filter(({ url }) => url.includes("/picture?")).length).toBeGreaterThan(0);
    expect(requests.filter(({ url }) => url.includes(KEY))).toEqual([]);
    await page.reload();
    await page.locator(".results .result").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await field.waitFor();
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
  });

  test("that no longer knows the key asks again, and the page goes on where it was", async () => {
    const { page } = await openApp("", { url: server.url });
    await page.getByLabel("Key", { exact: true }).fill(KEY);
    await page.keyboard.press("Enter");
    await page.locator(".poster").first().waitFor();
    writeFileSync(keys, "another-key-of-thirty-two-letters");
    await server.reload();
    await page.getByRole("link", { name: "Model" }).click();
    await page.getByLabel("Key", { exact: true }).waitFor();
    await screenshot(page, "key-gone");
    writeFileSync(keys, KEY);
    await server.reload();
    await page.getByLabel("Key", { exact: true }).fill(KEY);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Training" }).waitFor();
  });

  test.each([
    [360, "light"],
    [360, "dark"],
    [1600, "light"],
    [1600, "dark"],
  ] as const)("asks for it %i pixels wide in the %s theme", async (width, theme) => {
    const { page } = await openApp("", { url: server.url, width, theme });
    await page.getByLabel("Key", { exact: true }).waitFor();
    await screenshot(page, `sign-in-${width}-${theme}`);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await axeProblems(page)).toEqual([]);
  });
});

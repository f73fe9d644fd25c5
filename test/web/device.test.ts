import { describe, expect, test } from "vitest";
import { openApp, othersThan, recommended, screenshot, settled, withoutBrowser } from "./app-page.js";

/** For the first export of the run on a slow machine. */
const EXPORT = { timeout: 150_000 };

describe.skipIf(withoutBrowser)("the model in this browser", () => {
  test("answers 100 requests as the server does, to 1e-5", async () => {
    const { page, complaints } = await openApp("#/device?d=1");
    await page.getByText(/^The model is here/).waitFor(EXPORT);
    await page.getByRole("button", { name: "Ask both 100 times" }).click();
    const largest = page.locator("[data-largest]");
    await largest.waitFor(EXPORT);
    console.log(await page.locator(".agreement").textContent());
    expect(Number(await largest.getAttribute("data-largest"))).toBeLessThan(1e-5);
    await page.locator(".compared.own tbody tr").nth(11).waitFor();
    await screenshot(page, "device-compared");
    expect(complaints).toEqual([]);
  });

  test("ranks in the shop window, and no request of the page carries the history", async () => {
    const { page, requests, complaints } = await openApp("#/?d=1");
    await page.getByText(/in this browser, \d+ ms/).waitFor(EXPORT);
    await settled(page);
    const first = await recommended(page);
    const from = requests.length;
    const title = await page.locator(".posters .card .clamp-2").nth(5).textContent();
    await page.locator(".posters .card").nth(5).click();
    await othersThan(page, first);
    expect(await page.locator(".history .step").count()).toBe(1);
    const sent = requests.slice(from);
    expect(sent.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(sent.filter(({ url }) => !/\/picture\?|\/v1\/items\?|\/icon\.svg$/.test(url))).toEqual([]);
    expect(title).not.toBe("");
    await screenshot(page, "shop-on-device", { whole: false });
    expect(complaints).toEqual([]);
  });

  test("is not loaded before the switch is used", async () => {
    const { page, requests } = await openApp("#/device");
    await settled(page);
    expect(requests.filter(({ url }) => /\.wasm|bundle|device-worker/.test(url))).toEqual([]);
    await page.locator("main").getByText("In this browser", { exact: true }).last().click();
    await page.getByText(/^The model is here/).waitFor(EXPORT);
    expect(requests.filter(({ url }) => /\.wasm$/.test(url)).length).toBe(1);
  });
});

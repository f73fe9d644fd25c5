import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { openApp, screenshot, settled, withoutBrowser } from "./app-page.js";

describe.skipIf(withoutBrowser)("the items", () => {
  test("an item that is added with a picture and a sentence lands somewhere for three different people", async () => {
    const { page, complaints } = await openApp("#/items");
    await settled(page);
    await page.getByLabel("item", { exact: true }).fill("new/1");
    await page.getByLabel("title", { exact: true }).fill("A Lamp by the Sea");
    await page
      .getByLabel("blurb", { exact: true })
      .fill("A lighthouse keeper and a very long night of gulls and letters.");
    const picture = await sharp({ create: { width: 96, height: 144, channels: 3, background: "#2a6f97" } })
      .png()
      .toBuffer();
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "lamp.png", mimeType: "image/png", buffer: picture });
    await page.locator(".preview img").waitFor();
    await screenshot(page, "items-filled");
    await page.getByRole("button", { name: /^Add it/ }).click();
    await page.locator(".facts h2", { hasText: "A Lamp by the Sea" }).waitFor();
    await page.getByText("added to this server").waitFor();
    await expect.poll(() => page.locator(".landing .place strong").count(), { timeout: 60_000 }).toBe(3);
    const places = await page.locator(".landing .place").allTextContents();
    for (const place of places) expect(place).toMatch(/^\d+\. of 121$/);
    const people = await page.locator(".landing .section-head strong").allTextContents();
    expect(new Set(people).size).toBe(3);
    await page.locator(".row-of-posters").nth(1).waitFor();
    await settled(page);
    await screenshot(page, "items-added");
    await page.getByRole("button", { name: `Somebody else than ${people[0]}` }).click();
    await expect.poll(() => page.locator(".landing .section-head strong").first().textContent()).not.toBe(people[0]);
    expect(complaints).toEqual([]);
  });

  test("an item shows what each modality with vectors takes for the nearest, and leads there", async () => {
    const { page } = await openApp("#/items/i030");
    await settled(page);
    const sections = page.getByRole("region", { name: /^Nearest by/ });
    expect(await sections.count()).toBe(2);
    const cosines = (await sections.first().locator(".number").allTextContents()).map(Number);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    const first = sections.first().getByRole("link").first();
    const title = await first.locator(".clamp-2").textContent();
    await first.click();
    await page.locator(".facts h2", { hasText: title! }).waitFor();
  });

  test("a record that is wrong is refused with the server's words", async () => {
    const { page } = await openApp("#/items");
    await settled(page);
    await page.getByLabel("title", { exact: true }).fill("No picture at all");
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "text.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await page.getByRole("button", { name: /^Add it/ }).click();
    const problem = page.getByRole("alert");
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(/picture/);
    await screenshot(page, "items-refused");
  });
});

import { describe, expect, test } from "vitest";
import { openApp, othersThan, recommended, screenshot, settled, withoutBrowser } from "./app-page.js";
import { MARKUP } from "./shop-process.js";

describe.skipIf(withoutBrowser)("the shop window", () => {
  test("shows other recommendations two clicks after it was opened, and the address holds the history", async () => {
    const start = performance.now();
    const { page, complaints } = await openApp();
    await page.locator(".results .result").first().waitFor();
    const painted = (await page.evaluate(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    )) as number;
    const first = await recommended(page);
    const cards = page.locator(".posters .card");
    await cards.nth(3).click();
    await page.locator(".history .step").first().waitFor();
    await cards.nth(7).click();
    const after = await othersThan(page, first);
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `first paint after ${painted.toFixed(0)} ms; other recommendations ${seconds.toFixed(2)} s after the address was opened, two clicks and what tests wait included`,
    );
    expect(after).not.toEqual(first);
    expect(await page.locator(".history .step").count()).toBe(2);
    const { hash } = new URL(page.url());
    const shared = await openApp(hash);
    await settled(shared.page);
    expect(await recommended(shared.page)).toEqual(after);
    expect([...complaints, ...shared.complaints]).toEqual([]);
  });

  test("answers a click before the next recommendations are there, and says how fast", async () => {
    const { page } = await openApp();
    await settled(page);
    const times: number[] = [];
    for (const place of [1, 4, 9, 12, 17]) {
      await page.waitForTimeout(500); // a page that is at rest, as between a person's clicks
      const took = await page.evaluate(`(${CLICK_TO_STEP})(${place})`);
      times.push(took as number);
      await settled(page);
    }
    const middle = times.sort((a, b) => a - b)[2]!;
    console.log(`a click is in the history, and drawn, after ${middle.toFixed(0)} ms (middle of ${times.length})`);
    expect(await page.locator(".history .step").count()).toBe(5);
  });

  test("gives every recommendation a reason that names what it comes from", async () => {
    const { page } = await openApp("#/?h=%2Bi030,%2Bi031");
    await settled(page);
    const reasons = await page.locator(".results .reason").allTextContents();
    expect(reasons).toHaveLength(12);
    for (const reason of reasons) expect(reason).toMatch(/^(because of|liked by|popular|new|\w+ed by|often)/i);
  });

  test("likes, dislikes and removes a step, and undoes and redoes all of it", async () => {
    const { page } = await openApp("#/?h=%2Bi030,%2Bi031,%2Bi032");
    await settled(page);
    const start = await recommended(page);
    const steps = page.locator(".history .step");
    await steps
      .first()
      .getByRole("button", { name: /liked\. Change it/ })
      .click();
    const disliked = await othersThan(page, start);
    expect(new URL(page.url()).hash).toContain("-i032");
    await steps
      .nth(1)
      .getByRole("button", { name: /^Remove/ })
      .click();
    const removed = await othersThan(page, disliked);
    expect(await steps.count()).toBe(2);
    await page.keyboard.press("Control+z");
    expect(await othersThan(page, removed)).toEqual(disliked);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await othersThan(page, disliked)).toEqual(start);
    await page.getByRole("button", { name: "Redo" }).click();
    await page.keyboard.press("Control+Shift+Z");
    expect(await othersThan(page, start)).toEqual(removed);
  });

  test("moves a step by keyboard alone", async () => {
    const { page } = await openApp("#/?h=%2Bi030~s3f2k1,%2Bi031~s3f2m1,%2Bi032~s3f2p1");
    await settled(page);
    const order = async (): Promise<string> => /h=([^&]*)/.exec(new URL(page.url()).hash)?.[1] ?? "";
    await page.locator(".history .step").first().getByRole("button", { name: /^Move/ }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(order).not.toBe("%2Bi030~s3f2k1,%2Bi031~s3f2m1,%2Bi032~s3f2p1");
    const items = (await order()).split(",").map((step) => step.slice(1).split("~"));
    expect(items.map(([item]) => item).sort()).toEqual(["i030", "i031", "i032"]);
    expect(items.map(([, time]) => time)).toEqual(["s3f2k1", "s3f2m1", "s3f2p1"]);
    expect(items.at(-1)?.[0]).not.toBe("i032");
  });

  test("takes the history of somebody who is known, found by typing", async () => {
    const { page, complaints } = await openApp();
    await settled(page);
    const nobody = await recommended(page);
    await page.getByRole("combobox", { name: /history of a person/ }).fill("u0");
    await page.getByRole("option").nth(2).click();
    await othersThan(page, nobody);
    expect(await page.locator(".history .step").count()).toBeGreaterThan(3);
    await page.getByRole("button", { name: "Start anew" }).click();
    await expect.poll(() => page.locator(".history .step").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("searches, filters, and shows a title with markup as the text that it is", async () => {
    const { page, complaints } = await openApp();
    await settled(page);
    await page.getByRole("searchbox", { name: "Search titles" }).fill("onerror");
    await expect.poll(() => page.locator(".posters .card").count()).toBe(1);
    expect(await page.locator(".posters .card .clamp-2").textContent()).toBe(MARKUP);
    await page.locator(".posters .card").click();
    await page.locator(".history .step").waitFor();
    await settled(page);
    await screenshot(page, "shop-markup", { whole: false });
    await page.getByRole("searchbox", { name: "Search titles" }).fill("");
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByLabel("category", { exact: true }).selectOption("c01");
    await expect.poll(() => page.getByText(/^\d+ items?$/).textContent()).not.toBe("120 items");
    expect(await page.title()).toBe("Shop window · mmdin");
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("says so while the server is slow, and what is wrong when it fails, and asks again", async () => {
    let mode: "slow" | "fail" | "well" = "slow";
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { page } = await openApp("", {
      before: (page) =>
        page.route("**/v1/recommend", async (route) => {
          if (mode === "fail") return route.abort();
          if (mode === "slow") await asked;
          return route.continue();
        }),
    });
    await page.locator(".for-you").getByText("still waiting for the server").waitFor();
    await screenshot(page, "shop-slow", { whole: false });
    answer();
    await settled(page);
    mode = "fail";
    await page.locator(".posters .card").nth(2).click();
    const problem = page.getByRole("alert");
    await problem.getByText("The server does not answer.").waitFor();
    await screenshot(page, "shop-problem", { whole: false });
    mode = "well";
    await problem.getByRole("button", { name: "Try again" }).click();
    await problem.waitFor({ state: "detached" });
    await settled(page);
    expect(await recommended(page)).toHaveLength(12);
  });

  test("can be used by keyboard from the address to a liked poster", async () => {
    const { page } = await openApp();
    await settled(page);
    const first = await recommended(page);
    await page.locator(".posters .card").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await othersThan(page, first);
    expect(await page.locator(".history .step").count()).toBe(1);
  });
});

/** In the page: clicks a poster, and waits for the step in the history; milliseconds. */
const CLICK_TO_STEP = `async (place) => {
  const steps = () => document.querySelectorAll(".history .step").length;
  const before = steps();
  const card = document.querySelectorAll(".posters .card")[place];
  const start = performance.now();
  const { left, top, width, height } = card.getBoundingClientRect();
  const at = { bubbles: true, clientX: left + width / 2, clientY: top + height / 2, pointerId: 1, pointerType: "mouse", button: 0, isPrimary: true };
  card.dispatchEvent(new PointerEvent("pointerdown", at));
  card.dispatchEvent(new PointerEvent("pointerup", at));
  card.dispatchEvent(new MouseEvent("click", at));
  await new Promise((there) => {
    const look = new MutationObserver(() => steps() > before && there(look.disconnect()));
    look.observe(document.body, { childList: true, subtree: true });
    if (steps() > before) there(look.disconnect());
  });
  // A frame, and what comes after it: it has been drawn.
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  return performance.now() - start;
}`;

import { describe, expect, test } from "vitest";
import { openApp, recommended, served, settled, withoutBrowser } from "./app-page.js";

const HISTORY = "h=%2Bi030~s3f2k1~clicked=1,-i031~s3f2m1~clicked=0,%2Bi032~s3f2p1~clicked=1";

describe.skipIf(withoutBrowser)("the page why", () => {
  test("has the numbers that the server gives, and contributions that add up", async () => {
    const { page, complaints } = await openApp(`#/why?${HISTORY}&c=i040`);
    await settled(page);
    const history = [
      { item: "i030", label: 1, time: Number.parseInt("s3f2k1", 36), features: { clicked: "1" } },
      { item: "i031", label: 0, time: Number.parseInt("s3f2m1", 36), features: { clicked: "0" } },
      { item: "i032", label: 1, time: Number.parseInt("s3f2p1", 36), features: { clicked: "1" } },
    ];
    const answer = await fetch(`${served().url}/v1/explain`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ history, time: history[2]!.time + 60, candidates: ["i040"] }),
    });
    const { results } = (await answer.json()) as {
      results: {
        probability: number;
        explanation: { summary: string; historyChange: number; history: { change: number; contribution: number }[] };
      }[];
    };
    const { probability, explanation } = results[0]!;
    const why = page.locator(".why");
    expect(await why.locator(".sentence").textContent()).toBe(explanation.summary);
    await why.getByText(`${(100 * probability).toFixed(1)} %`, { exact: true }).waitFor();
    const row = async (name: string): Promise<number[]> =>
      (
        await why
          .locator("tr", { has: page.getByRole("rowheader", { name, exact: true }) })
          .locator(".number")
          .allTextContents()
      ).map((text) => Number(text.replace("\u2212", "-")));
    const newestFirst = [...explanation.history].reverse();
    expect(await row("without it")).toEqual(newestFirst.map(({ change }) => Number((-change).toFixed(2)) + 0));
    const contributions = await row("contribution");
    const sum = contributions.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - explanation.historyChange)).toBeLessThan(0.02);
    expect(await why.locator(".heads .weight").count()).toBe(3 * 7);
    expect(complaints).toEqual([]);
  });

  test("sets two candidates side by side, and leaves one out again", async () => {
    const { page } = await openApp(`#/why?${HISTORY}&c=i040,i041`);
    await settled(page);
    const [left, right] = await page.locator(".why").all();
    const [a, b] = [await left!.boundingBox(), await right!.boundingBox()];
    expect([Math.abs(a!.y - b!.y) < 2, b!.x > a!.x + a!.width - 1]).toEqual([true, true]);
    await page.getByRole("button", { name: "Leave out of the comparison" }).first().click();
    await expect.poll(() => page.locator(".why").count()).toBe(1);
    expect(new URL(page.url()).hash).toMatch(/c=i04[01]$/);
  });

  test("is reached from a recommendation, and puts the strongest step first when asked", async () => {
    const { page } = await openApp(`#/?${HISTORY}`);
    await settled(page);
    const [best] = await recommended(page);
    await page.locator(".results .result").first().getByRole("link", { name: /^Why/ }).click();
    await page.locator(".why h2", { hasText: best! }).waitFor();
    await page.getByRole("radio", { name: "strongest first" }).click();
    const texts = await page.locator(".step-table tbody tr").first().locator(".number").allTextContents();
    const sizes = texts.map((text) => Math.abs(Number(text.replace("\u2212", "-"))));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    await page.goBack();
    await settled(page);
    expect((await recommended(page))[0]).toBe(best);
  });
});

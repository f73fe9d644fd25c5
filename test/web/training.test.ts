import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openApp, screenshot, served, withoutBrowser } from "./app-page.js";
import { watchedProcess } from "./watched-process.js";

/** Starts `mmdin train --watch` on the data of the shop. */
function watchedTraining(): ReturnType<typeof watchedProcess> {
  const { folder } = served();
  const words = ["train", "--data", join(folder, "data"), "--out", join(folder, "watched"), "--threads", "1"];
  return watchedProcess([...words, "--watch", "--port", "0", "--set", "epochs=6", "patience=100", "evaluateEvery=0.5"]);
}

describe.skipIf(withoutBrowser)("a training that is watched", () => {
  test("is on the page while it runs, and the page says how it ended", async () => {
    const { url, ended } = await watchedTraining();
    const { page } = await openApp("#/training", { url });
    const run = page.getByRole("region", { name: "Training of mmdin" });
    await run.getByText("running").waitFor();
    await run.getByRole("img", { name: /^Log-loss of mmdin/ }).waitFor();
    await screenshot(page, "training-running");
    await page.getByText("Training has ended").waitFor({ timeout: 120_000 });
    expect(await run.getByText(/epoch/).first().textContent()).toMatch(
      /ended after the last epoch, \d+ steps in 6 epochs/,
    );
    const figures = await run.locator(".latest dd").allTextContents();
    expect(figures.slice(0, 4).every((figure) => /\d/.test(figure))).toBe(true);
    await screenshot(page, "training-ended");
    expect(await ended).toEqual([0, null]);
  });
});

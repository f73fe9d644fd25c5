import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { MMDIN } from "../cli/run-mmdin.js";
import { openApp, screenshot, served, withoutBrowser } from "./app-page.js";

/** Starts `mmdin train --watch` on the data of the shop; the address of its page. */
async function watchedTraining(): Promise<{ url: string; child: ChildProcess; ended: Promise<unknown> }> {
  const { folder } = served();
  const words = ["train", "--data", join(folder, "data"), "--out", join(folder, "watched"), "--threads", "1"];
  const set = ["--set", "epochs=6", "patience=100", "evaluateEvery=0.5"];
  const child = spawn(process.execPath, [...MMDIN, ...words, "--watch", "--port", "0", ...set], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let said = "";
  const url = await new Promise<string>((found, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const address = /watch it: (http:\/\/[^/]+)/.exec(said)?.[1];
      if (address !== undefined) found(address);
    });
    child.once("close", (code) => reject(new Error(`mmdin train ended with ${code}: ${said}`)));
  });
  return { url, child, ended };
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

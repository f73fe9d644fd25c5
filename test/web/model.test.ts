import { describe, expect, test } from "vitest";
import type { ModelEvaluation } from "../../src/api/training-contract.js";
import { openApp, served, settled, withoutBrowser } from "./app-page.js";

describe.skipIf(withoutBrowser)("the page of the model", () => {
  test("shows the indicators that the server has measured, with intervals, and a slice for each part", async () => {
    const { page, complaints } = await openApp("#/model");
    await page.locator(".indicators").waitFor();
    const evaluation = (await (await fetch(`${served().url}/v1/model/evaluation`)).json()) as ModelEvaluation;
    if (evaluation.state !== "measured") throw new Error(`the evaluation is ${evaluation.state}`);
    const { auc, slices, rows } = evaluation.measured;
    const shown = page.locator(".indicators > div").first();
    expect(await shown.locator(".figure").textContent()).toBe(auc.value!.toFixed(4));
    expect(await shown.textContent()).toContain(`${auc.interval![0].toFixed(4)} to ${auc.interval![1].toFixed(4)}`);
    expect(auc.interval![0]).toBeLessThan(auc.value!);
    expect(auc.interval![1]).toBeGreaterThan(auc.value!);
    await page.getByText(`${rows} rows of`, { exact: false }).waitFor();
    const parts = slices.filter(({ rows, auc }) => rows > 0 && auc.value !== null);
    expect(await page.locator(".slices tbody tr").count()).toBe(parts.length);
    await page.getByRole("img", { name: /^Reliability/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("shows how it was trained, and the report that it was compared in", async () => {
    const { page, complaints } = await openApp("#/model");
    await settled(page);
    await page.getByRole("img", { name: /^Log-loss by step/ }).waitFor();
    await page.getByText("Every option").click();
    expect(JSON.parse((await page.locator("pre").textContent()) ?? "")).toMatchObject({ model: "mmdin", epochs: 2 });
    const compared = page.getByRole("region", { name: "Compared" });
    await compared.getByRole("rowheader", { name: "item-rate" }).waitFor();
    expect(await compared.locator(".sentence").textContent()).toMatch(/has the highest test AUC/);
    await compared.getByRole("img", { name: /^Test AUC/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { padBatch, permuteSteps } from "./batch-changes.js";
import { requestsOfKinds } from "./requests.js";
import type { Sitting } from "./sitting.js";
import { CLOSE, largestDifference, rowNumbers } from "./subject.js";

/** A row's score is its own: not its neighbours', not the padding's, not that of an order nobody asked about. */
export function testBatches(exam: () => Sitting): void {
  test("a row alone and a row among 97 get the same logit", async () => {
    const { subject, dataset, scored } = exam();
    const rows = rowNumbers(dataset.rows.test.count).slice(0, 97);
    const together = await subject.logits(subject.batch("test", rows));
    const alone: number[] = [];
    for (const row of rows) alone.push(...(await subject.logits(subject.batch("test", [row]))));
    expect(largestDifference(together, alone)).toBeLessThan(CLOSE);
    expect(largestDifference(together, Array.from(scored.logits.subarray(0, 97)))).toBeLessThan(CLOSE);
  });

  test("more room for steps and items, filled with rubbish, changes nothing", async () => {
    const { subject } = exam();
    const rows = [...subject.rowsOfLength(0).slice(0, 5), ...subject.rowsOfLength(3).slice(0, 7), 11, 400, 1200];
    const batch = subject.batch("train", rows);
    const T = 2 * batch.T + 3;
    const before = await subject.outputs(batch);
    const after = await subject.outputs(padBatch(batch, subject.plan, { T, U: batch.U + 19 }));
    expect(largestDifference(before.logits!, after.logits!)).toBeLessThan(CLOSE);
    if (before.attention === undefined) return;
    const heads = before.attention.length / (batch.B * batch.T);
    const step = (i: number): number => Math.floor(i / heads) % T;
    const real = after.attention!.filter((_, i) => step(i) < batch.T);
    const padding = after.attention!.filter((_, i) => step(i) >= batch.T);
    expect(largestDifference(real, before.attention)).toBeLessThan(CLOSE);
    expect(Math.max(...padding.map(Math.abs))).toBe(0);
  });

  test("the order of the steps changes nothing, each taken with what is known of it", async () => {
    const { subject, dataset } = exam();
    const rows = [...subject.rowsOfLength(12).slice(0, 9), ...subject.rowsOfLength(5).slice(0, 4)];
    const batch = subject.batch("train", rows);
    expect(batch.T).toBe(12);
    const permuted = permuteSteps(batch, subject.plan, [7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 6, 4]);
    expect(largestDifference(await subject.logits(batch), await subject.logits(permuted))).toBeLessThan(CLOSE);
    const { known } = requestsOfKinds(dataset);
    const history = known.history.map(({ time: _, ...step }) => step);
    const forward = await subject.ask({ ...known, history });
    const backward = await subject.ask({ ...known, history: history.toReversed() });
    expect(largestDifference(forward, backward)).toBeLessThan(CLOSE);
  });
}

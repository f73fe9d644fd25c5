import { expect, test } from "vitest";
import type { RankRequest } from "../../src/contract.js";
import { requestsOfKinds } from "./requests.js";
import type { Sitting } from "./sitting.js";

/** What is not known is scored from learned values, never from zeros that mean something. */
export function testAbsence(exam: () => Sitting, { historyAlone }: { historyAlone: boolean }): void {
  test("an item never seen and one without any modality, met after training, get one finite logit", async () => {
    const { subject, dataset } = exam();
    const [unseen, bare] = await subject.ask(requestsOfKinds(dataset).strangers);
    expect(Number.isFinite(unseen)).toBe(true);
    expect(bare).toBe(unseen);
  });

  test("an empty history scores, the same for everybody of whom nothing is known", async () => {
    const { subject, dataset } = exam();
    const logits: number[][] = [];
    for (const request of requestsOfKinds(dataset).nobody) logits.push(await subject.ask(request));
    expect(logits[0]!.every(Number.isFinite)).toBe(true);
    if (historyAlone) expect(new Set(logits[0]).size).toBe(1);
    else expect(new Set(logits[0]).size).toBeGreaterThan(3);
    expect(logits[1]).toEqual(logits[0]);
    expect(logits[2]).toEqual(logits[0]);
  });

  test("what is missing or unknown is read from the learned values for it, and what is known is not", async ({
    skip,
  }) => {
    if (historyAlone) skip("nothing is learned for it");
    const { subject, dataset } = exam();
    const { known, missing, unknown } = requestsOfKinds(dataset);
    const ask = async (request: RankRequest): Promise<number[]> => {
      const logits = await subject.ask(request);
      expect(logits.every(Number.isFinite)).toBe(true);
      return logits;
    };
    const before = { known: await ask(known), missing: await ask(missing), unknown: await ask(unknown) };
    const values = subject.absentValues();
    expect(values.length).toBeGreaterThan(0);
    for (const { name, of, values: row } of values) {
      const kept = row.slice();
      for (let d = 0; d < row.length; d++) row[d]! += 1 + 0.1 * d;
      expect(await ask(known), name).toEqual(before.known);
      expect(await ask(of === "missing" ? missing : unknown), name).not.toEqual(before[of]);
      row.set(kept);
    }
    expect(await ask(missing)).toEqual(before.missing);
  });
}

import { expect, test } from "vitest";
import type { RankRequest } from "../../src/contract.js";
import { requestsOfKinds } from "./requests.js";
import type { Sitting } from "./sitting.js";

/** The ranker, which knows the items beforehand and reads a history once, gives what the evaluation graph gives row by row. */
export function testRanking(exam: () => Sitting): void {
  test("a request through the ranker has the logits of its rows, to 1e-5", async () => {
    const { subject, dataset } = exam();
    const { known, missing, unknown, strangers, nobody } = requestsOfKinds(dataset);
    const one = { ...known, history: known.history.slice(0, 1) };
    const twice = { ...known, candidates: [...known.candidates, ...known.candidates] };
    const many = { ...known, history: Array.from({ length: 40 }, (_, i) => known.history[i % known.history.length]!) };
    const ranker = await subject.ranker();
    try {
      for (const request of [known, missing, unknown, strangers, ...nobody, one, twice, many] as RankRequest[]) {
        const expected = await subject.ask(request);
        const found = await ranker.ask(request);
        expect(found).toHaveLength(expected.length);
        const gap = Math.max(...found.map((logit, i) => Math.abs(logit - expected[i]!) / Math.max(1, Math.abs(logit))));
        expect(gap).toBeLessThan(1e-5);
      }
    } finally {
      await ranker.close();
    }
  });
}

import { readdirSync } from "node:fs";
import { getPriority } from "node:os";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { RunRanker } from "../../src/serving/create-ranker.js";
import { createRanker, type RankerObserver, type RankerOptions } from "../../src/serving/index.js";
import { type Shop, trainedShop } from "./shop-run.js";

let shop: Shop;
beforeAll(async () => {
  shop = await trainedShop();
});
afterAll(() => shop.remove());

async function open(options: RankerOptions = {}): Promise<RunRanker> {
  const made = await createRanker(shop.run, { clock: "log", ...options });
  onTestFinished(() => made.close());
  if (!(made instanceof RunRanker)) throw new TypeError("another kind of ranker");
  return made;
}
const HISTORY = [3, 8, 14].map((k, at) => ({ item: `i${k}`, time: 1_000_100 + at, label: 1 as const }));
const candidates = (count: number): string[] => Array.from({ length: count }, (_, k) => `i${k % 30}`);
const LONG = { deadline: 60_000 };

describe("workers", () => {
  test("one that dies is replaced, and what it had is asked again: 200 questions lose none", async () => {
    const reasons: string[] = [];
    const asked = await open({ workers: 2, observer: { workerRestarted: (reason) => void reasons.push(reason) } });
    const expected = await asked.rank({ history: HISTORY, candidates: candidates(20) }, LONG);
    const questions = Array.from({ length: 200 }, () =>
      asked.rank({ history: HISTORY, candidates: candidates(20) }, LONG),
    );
    await new Promise((next) => setTimeout(next, 20));
    await asked.served.pool.killOne();
    const answers = await Promise.all(questions);
    const logits = new Map(expected.results.map(({ item, logit }) => [item, logit]));
    for (const { results } of answers) {
      expect(results).toHaveLength(20);
      // Alone and with others: sums in another order.
      for (const { item, logit } of results) expect(Math.abs(logit - logits.get(item)!)).toBeLessThan(1e-5);
    }
    await until(() => asked.status().workers.ready === 2);
    expect(asked.status().workers).toEqual({ wanted: 2, ready: 2, restarts: 1 });
    expect(reasons).toEqual(["the thread was told to die"]);
    expect((await asked.rank({ candidates: ["i1"] }, LONG)).results).toHaveLength(1);
  });

  test.skipIf(process.platform !== "linux")("that compute give way to the thread that answers", async () => {
    const threads = (): string[] => readdirSync("/proc/self/task");
    const niceness = (thread: string): number => getPriority(Number(thread));
    const [others, own] = [new Set(threads()), getPriority()];
    await open({ workers: 2 });
    const fresh = threads().filter((thread) => !others.has(thread));
    expect(fresh.filter((thread) => niceness(thread) === own + 5)).toHaveLength(2);
    expect(getPriority()).toBe(own);
  });

  test("where the only one dies, questions wait for the next one", async () => {
    const asked = await open();
    await asked.served.pool.killOne();
    const answer = await asked.rank({ history: HISTORY, candidates: candidates(5) }, LONG);
    expect(answer.results).toHaveLength(5);
    expect(asked.status().workers.restarts).toBe(1);
  });

  test("a question on which two workers die is refused with RUNTIME, others are answered", async () => {
    const asked = await open({ workers: 1 });
    const { pool } = asked.served;
    // All that is waiting dies with the worker that has it, again and again: each question takes at most two with it.
    const long = asked.rank({ history: HISTORY, candidates: candidates(10_000) }, LONG);
    const refused = expect(long).rejects.toMatchObject({
      code: "RUNTIME",
      message: expect.stringContaining("died on this question, and so did the next one"),
    });
    await until(() => pool.busy > 0);
    await pool.killOne();
    await until(() => pool.busy > 0 && pool.status.ready === 1);
    await pool.killOne();
    await refused;
    expect((await asked.rank({ candidates: candidates(3) }, LONG)).results).toHaveLength(3);
  });
});

describe("the queue", () => {
  test("is bounded: what is too much is refused with BUSY, the others are answered", async () => {
    const waiting: number[] = [];
    const observer: RankerObserver = { queue: (count) => void waiting.push(count) };
    const asked = await open({ queue: 8, observer });
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, () => asked.rank({ history: HISTORY, candidates: candidates(500) }, LONG)),
    );
    const refused = all.filter((result) => result.status === "rejected");
    expect(refused.length).toBeGreaterThan(10);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: "BUSY", message: expect.stringContaining("expected at most 8") });
    }
    expect(all.length - refused.length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...waiting)).toBe(8);
    expect(asked.status().queue).toEqual({ waiting: 0, most: 8 });
  });

  test("a question that is late or withdrawn is refused with DEADLINE, and not computed", async () => {
    const asked = await open();
    const long = asked.rank({ history: HISTORY, candidates: candidates(10_000) }, LONG);
    await until(() => asked.served.pool.busy > 0);
    const controller = new AbortController();
    const withdrawn = asked.rank({ candidates: candidates(500) }, { ...LONG, signal: controller.signal });
    const late = asked.rank({ candidates: candidates(500) }, { deadline: 1 });
    controller.abort(new Error("gone"));
    await expect(withdrawn).rejects.toMatchObject({ code: "DEADLINE", message: "the answer is no longer wanted" });
    await expect(late).rejects.toMatchObject({ code: "DEADLINE" });
    expect((await long).results).toHaveLength(10_000);
    await expect(asked.rank({ candidates: ["i1"] }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "DEADLINE",
    });
    expect((await asked.rank({ candidates: ["i1"] }, LONG)).results).toHaveLength(1);
  });

  test("a small question is not kept waiting by one of 10,000 candidates", async () => {
    const asked = await open();
    let longDone = false;
    const long = asked.rank({ history: HISTORY, candidates: candidates(10_000) }, LONG).then(() => {
      longDone = true;
    });
    await until(() => asked.served.pool.busy > 0);
    await asked.rank({ history: HISTORY, candidates: candidates(10) }, LONG);
    expect(longDone).toBe(false);
    await long;
  });

  test("questions that come together go to a worker together", async () => {
    const batches: number[] = [];
    const asked = await open({ observer: { batch: (questions) => void batches.push(questions) } });
    await Promise.all(
      Array.from({ length: 40 }, () => asked.rank({ history: HISTORY, candidates: candidates(10) }, LONG)),
    );
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(batches.length).toBeLessThan(10);
  });
});

test("memory stays flat over 6,000 questions of ever other people", async () => {
  const asked = await open();
  const ask = async (from: number): Promise<void> => {
    for (let k = from; k < from + 1000; k += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, j) =>
          asked.rank(
            {
              user: `person ${k + j}`,
              history: [{ item: `i${(k + j) % 30}`, time: 1_000_000 + k + j }],
              candidates: candidates(1 + ((k + j) % 40)),
            },
            LONG,
          ),
        ),
      );
    }
  };
  await ask(0);
  await ask(1000);
  const before = process.memoryUsage().rss;
  for (let turn = 2; turn < 6; turn++) await ask(1000 * turn);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  expect(grown).toBeLessThan(60);
});

async function until(holds: () => boolean): Promise<void> {
  for (let k = 0; !holds(); k++) {
    if (k > 6000) throw new Error("it never came");
    await new Promise((next) => setTimeout(next, 5));
  }
}

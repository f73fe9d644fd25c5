import { describe, expect, test } from "vitest";
import { studentQuantile } from "../../metrics/index.js";
import { RandomStream } from "../../random.js";
import { type Judged, judge } from "./judge.js";

const random = new RandomStream(1, "judge");
/** Draws whose mean is `at` and whose deviation is `std`, exactly. */
const drawsOf = (at: number, std: number): number[] => {
  const raw = Array.from({ length: 500 }, () => random.normal());
  const mean = raw.reduce((sum, x) => sum + x, 0) / raw.length;
  const deviation = Math.sqrt(raw.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (raw.length - 1));
  return raw.map((x) => at + (std * (x - mean)) / deviation);
};
const pair = (more: Partial<Judged>): Judged => ({
  first: "a",
  second: "b",
  indicator: "auc",
  values: [[0.72], [0.7]],
  draws: drawsOf(0.02, 0.005),
  people: 41,
  pairs: 1,
  ...more,
});

test("with one seed each, the interval is that of people: difference +- t(.975, people - 1) times their error", () => {
  const { interval, verdict, sentence } = judge(pair({}));
  const half = 0.005 * studentQuantile(0.975, { freedom: 40 });
  expect(interval![0]).toBeCloseTo(0.02 - half, 10);
  expect(interval![1]).toBeCloseTo(0.02 + half, 10);
  expect(verdict).toBe("better");
  expect(sentence).toMatch(
    /^a is better than b in AUC: \+0\.0200 \[\+0\.0099, \+0\.0301\], over people alone, 100\.0 % of/,
  );
});

test("seeds add their variance, and few of them widen t: Welch's formula", () => {
  const values = [
    [0.71, 0.72, 0.73],
    [0.7, 0.7, 0.7],
  ] as const;
  const { interval } = judge(pair({ values }));
  const [people, seeds] = [0.005 ** 2, 0.01 ** 2 / 3];
  const freedom = Math.floor((people + seeds) ** 2 / (people ** 2 / 40 + seeds ** 2 / 2));
  const half = Math.sqrt(people + seeds) * studentQuantile(0.975, { freedom });
  expect(freedom).toBe(5);
  expect(interval![1] - interval![0]).toBeCloseTo(2 * half, 10);
});

test("m pairs multiply p by m and widen the interval; p is .05 where the interval touches 0", () => {
  const [one, many] = [judge(pair({})), judge(pair({ pairs: 91 }))];
  expect(many.p! / one.p!).toBeCloseTo(91, 6);
  const edge = 0.005 * studentQuantile(1 - 0.05 / 91 / 2, { freedom: 40 });
  const touching = judge(pair({ pairs: 91, values: [[edge], [0]], draws: drawsOf(edge, 0.005) }));
  expect(touching.interval![0]).toBeCloseTo(0, 10);
  expect(touching.p).toBeCloseTo(0.05, 8);
});

test("a lower log-loss is better, a higher one worse, and no difference is told as +0.0000 or -0.0000", () => {
  const loss = (difference: number) =>
    judge(pair({ indicator: "logLoss", values: [[difference], [0]], draws: drawsOf(difference, 0.005) }));
  expect([loss(-0.02).verdict, loss(0.02).verdict]).toEqual(["better", "worse"]);
  expect(loss(-0.00001).sentence).toMatch(/cannot be told apart in log-loss: 0\.0000 \[-0\.0101, \+0\.0101\]/);
});

test("one person, or an indicator that is not defined, leaves no verdict", () => {
  expect(judge(pair({ people: 1, draws: [] }))).toMatchObject({ verdict: "undefined", interval: null, p: null });
  const none = judge(pair({ values: [[], [0.7]] }));
  expect(none.sentence).toBe("a and b cannot be compared in AUC: it is not defined for both.");
});

describe("two lines that are alike are told apart no more often than they may be", () => {
  // Truth: each seed and each person's draw deviates; nothing is between the lines. 5 % of 400 is 20, three deviations 13.
  test.each([3, 5])("%i seeds: at most 33 of 400", (seeds) => {
    const own = new RandomStream(7, "alike", seeds);
    const line = () => Array.from({ length: seeds }, () => 0.7 + 0.01 * own.normal());
    let apart = 0;
    for (let i = 0; i < 400; i++) {
      const values = [line(), line()] as const;
      const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
      const at = mean(values[0]) - mean(values[1]);
      const draws = Array.from({ length: 60 }, () => at + 0.0005 * own.normal());
      if (judge(pair({ values, draws })).verdict !== "cannot be told apart") apart++;
    }
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThanOrEqual(33);
  });
});

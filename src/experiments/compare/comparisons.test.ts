import { describe, expect, test } from "vitest";
import { auc, denseGroups, logLoss, pairedBootstrap, weightedAuc } from "../../metrics/index.js";
import { RandomStream } from "../../random.js";
import type { CellScores } from "./cell.js";
import { type ComparedRows, compareLines } from "./comparisons.js";

const PEOPLE = 60;
const ROWS = 1800;
const random = new RandomStream(3, "comparisons");
const user = Int32Array.from({ length: ROWS }, () => random.below(PEOPLE));
const truth = Float32Array.from({ length: ROWS }, () => random.normal());
const label = Uint8Array.from(truth, (logit) => (random.uniform() < 1 / (1 + Math.exp(-2 * logit)) ? 1 : 0));
const people = denseGroups(user);
const rows: ComparedRows = { label, people, listPeople: null };

/** Two trainings that see the truth through this much noise. */
const line = (name: string, noise: number) => ({
  name,
  scores: [1, 2].map((seed): CellScores => {
    const own = new RandomStream(seed, name);
    const logits = truth.map((logit) => 2 * logit + noise * own.normal());
    return { logits, rawLogits: logits, ranks: null };
  }),
});
const [clear, alike, dim] = [line("clear", 0.5), line("alike", 0.5), line("dim", 4)];
const of = (found: ReturnType<typeof compareLines>, indicator: string) =>
  found.find((comparison) => comparison.indicator === indicator)!;

describe("two lines on the same rows", () => {
  const found = compareLines([clear, dim], rows, { pairs: [[0, 1]], resamples: 500 });

  test("the difference is that of the means over seeds", () => {
    const mean = ({ scores }: typeof clear, metric: typeof auc | typeof logLoss) =>
      scores.reduce((sum, { logits }) => sum + metric(logits, label)!, 0) / scores.length;
    expect(of(found, "auc").difference).toBeCloseTo(mean(clear, auc) - mean(dim, auc), 12);
    expect(of(found, "logLoss").difference).toBeCloseTo(mean(clear, logLoss) - mean(dim, logLoss), 12);
  });

  test("higher AUC and lower log-loss are both better, the other way round both worse", () => {
    const turned = compareLines([clear, dim], rows, { pairs: [[1, 0]], resamples: 500 });
    expect([of(found, "auc").verdict, of(found, "logLoss").verdict]).toEqual(["better", "better"]);
    expect([of(turned, "auc").verdict, of(turned, "logLoss").verdict]).toEqual(["worse", "worse"]);
    expect(of(turned, "auc").sentence).toMatch(
      /^dim is worse than clear in AUC: -0\.\d{4} \[-0\.\d{4}, -0\.\d{4}\], 100\.0 %/,
    );
  });

  test("no lists of candidates, no HR@10", () => {
    expect(found.map(({ indicator }) => indicator)).toEqual(["auc", "gauc", "logLoss"]);
  });
});

test("two lines that differ by noise alone cannot be told apart", () => {
  const found = of(compareLines([clear, alike], rows, { pairs: [[0, 1]], resamples: 500 }), "auc");
  expect(found.verdict).toBe("cannot be told apart");
  expect(found.interval![0]).toBeLessThan(0);
  expect(found.interval![1]).toBeGreaterThan(0);
  expect(found.p).toBeGreaterThan(0.05);
});

test("p is multiplied by the number of pairs, and intervals grow with it", () => {
  const one = of(compareLines([clear, alike, dim], rows, { pairs: [[0, 1]], resamples: 2000 }), "auc");
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  const three = of(compareLines([clear, alike, dim], rows, { pairs, resamples: 2000 }), "auc");
  expect(three.p).toBeCloseTo(Math.min(1, 3 * one.p!), 1);
  expect(three.interval![1] - three.interval![0]).toBeGreaterThan(one.interval![1] - one.interval![0]);
});

test("with one seed each it is the paired bootstrap over people, to a tenth of its width", () => {
  const single = (many: typeof clear) => ({ ...many, scores: many.scores.slice(0, 1) });
  const found = of(compareLines([single(clear), single(alike)], rows, { pairs: [[0, 1]], resamples: 4000 }), "auc");
  const metric = ({ scores }: typeof clear) => weightedAuc(scores[0]!.logits, { labels: label, groups: people });
  const known = pairedBootstrap(
    { first: metric(clear), second: metric(alike) },
    { groups: people.count, resamples: 4000 },
  );
  const width = known.interval![1] - known.interval![0];
  expect(Math.abs(found.interval![0] - known.interval![0])).toBeLessThan(width / 10);
  expect(Math.abs(found.interval![1] - known.interval![1])).toBeLessThan(width / 10);
});

test("HR@10 is compared over lists, in halves of ranks: 10 hits and 10.5 does not", () => {
  const ranks = (rank: number) => Float32Array.from({ length: PEOPLE }, () => rank);
  const with10 = (name: string, rank: number) => ({ name, scores: [{ ...clear.scores[0]!, ranks: ranks(rank) }] });
  const lists: ComparedRows = {
    ...rows,
    listPeople: { ids: Int32Array.from({ length: PEOPLE }, (_, i) => i), count: PEOPLE },
  };
  const found = compareLines([with10("hit", 10), with10("miss", 10.5)], lists, { pairs: [[0, 1]], resamples: 200 });
  expect(of(found, "hitRate10")).toMatchObject({ difference: 1, verdict: "better", agreement: 1 });
});

test("one person, or one class, leaves a difference without verdict", () => {
  const alone: ComparedRows = { ...rows, people: denseGroups(new Int32Array(ROWS)) };
  const found = of(compareLines([clear, dim], alone, { pairs: [[0, 1]] }), "auc");
  expect([found.verdict, found.interval, found.p]).toEqual(["undefined", null, null]);
  expect(found.difference).not.toBeNull();
  const one: ComparedRows = { ...rows, label: new Uint8Array(ROWS).fill(1) };
  expect(of(compareLines([clear, dim], one, { pairs: [[0, 1]] }), "auc").difference).toBeNull();
});

test("a line without a finished training is not compared, and does not stop the others", () => {
  const none = { name: "none", scores: [] };
  const pairs = [
    [0, 1],
    [0, 2],
  ] as const;
  const found = compareLines([clear, none, dim], rows, { pairs, resamples: 200 });
  const verdicts = found.filter(({ indicator }) => indicator === "auc").map(({ verdict }) => verdict);
  expect(verdicts).toEqual(["undefined", "better"]);
});
